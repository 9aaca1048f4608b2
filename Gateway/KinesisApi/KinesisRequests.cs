using DataProcessor.Gateway.Authentication;
using DataProcessor.Gateway.Putting;
using DataProcessor.Gateway.Reading;
using DataProcessor.Gateway.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace DataProcessor.Gateway.KinesisApi;

/// <summary>
/// Kinesis' own interface to put records, for AWS SDKs with this gateway as their endpoint:
/// <code>
///  headers ──1 operation──▶ 2 read, and check the signature ──▶ 3 decode, frame ──▶ 4 route, put ──▶ answer
/// </code>
/// The records go the way of all others (<see cref="PutDispatcher"/>), and so into aggregates.
/// </summary>
internal sealed class KinesisRequests(
    IOptions<GatewayOptions> options,
    SignatureCheck signatures,
    ByteBudget inFlight,
    ShardMapCache maps,
    PutDispatcher puts,
    GatewayMetrics metrics)
{
    private const string TargetHeader = "X-Amz-Target";
    private const string TargetPrefix = "Kinesis_20131202.";

    private readonly GatewayOptions _options = options.Value;
    private readonly PutFraming _framing = new(options.Value.MaxRecordBytes);

    /// <summary>Whether a POST to / is a call of AWS' protocol, and not of our own.</summary>
    public static bool IsCall(HttpRequest request) => request.Headers.ContainsKey(TargetHeader);

    public async Task TakeAsync(HttpContext context)
    {
        using var body = new RequestBody(inFlight, _options.MaxBodyBytes);
        using var records = new IncomingRecords();
        var encoding = WireEncodings.Of(context.Request.ContentType);
        try
        {
            var refusal = await RefusalAsync(context, encoding, body, records);
            if (refusal is not null)
            {
                metrics.OnRefused(refusal.Type);
                await UnreadBody.DrainAsync(context.Request, context.RequestAborted);
            }

            var answer = refusal is not null ? KinesisAnswer.Refused(refusal) : KinesisAnswer.To(records);
            await answer.WriteAsync(context, encoding ?? WireEncoding.Json);
        }
        catch (Exception gone) when (
            gone is OperationCanceledException or IOException
            && context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone. What was taken is written all the same; there is nobody to tell.
        }
    }

    /// <summary>Null when the call's records have their outcomes; else why none of them was taken.</summary>
    private async ValueTask<KinesisError?> RefusalAsync(
        HttpContext context, WireEncoding? encoding, RequestBody body, IncomingRecords records)
    {
        // 1 operation
        var request = context.Request;
        if (Operation(request, encoding, out var call) is { } unknown)
        {
            return unknown;
        }

        // 2 read, and check the signature
        ClaimedSignature? claim = null;
        if (signatures.IsOn && signatures.Read(request, out claim) is { } unsigned)
        {
            return KinesisError.Of(unsigned);
        }

        if (await body.ReadAsync(request, context.RequestAborted) is { } unreadable)
        {
            return KinesisError.Of(unreadable);
        }

        if (claim is not null && !claim.IsRightFor(body.Bytes))
        {
            return KinesisError.Of(SignatureProblem.Mismatch);
        }

        // 3 decode, frame
        if (PutCallReader.Read(body.Bytes, encoding!.Value, call) is { } malformed)
        {
            return malformed;
        }

        if (_framing.Frame(call, body.Bytes, records) is { } invalid)
        {
            return invalid;
        }

        body.ReturnBuffer();
        if (StreamReference.Of(call) is not { } stream)
        {
            return KinesisError.InvalidArgument($"StreamName {call.StreamName} and StreamARN {call.StreamArn} name different streams.");
        }

        if (claim?.AccessKey.Streams.Covers(stream.Name) == false)
        {
            return KinesisError.AccessDenied($"The access key is not for the stream {stream.Name}.");
        }

        return await PutAsync(stream, records, context.RequestAborted);
    }

    private static KinesisError? Operation(HttpRequest request, WireEncoding? encoding, out PutCall call)
    {
        var target = request.Headers[TargetHeader].ToString();
        call = new() { IsBatch = target == TargetPrefix + "PutRecords" };
        return encoding is null
            ? KinesisError.UnknownOperation(
                $"Content-Type '{request.ContentType}' is not taken; send {WireEncodings.Json} or {WireEncodings.Cbor}.")
            : call.IsBatch || target == TargetPrefix + "PutRecord"
                ? null
                : KinesisError.UnknownOperation(
                    $"'{target}' is not offered: this endpoint takes {TargetPrefix}PutRecord and PutRecords only. Call Kinesis for the rest.");
    }

    /// <summary>Step 4.</summary>
    private async ValueTask<KinesisError?> PutAsync(
        StreamReference stream, IncomingRecords records, CancellationToken cancellation)
    {
        var lookup = await maps.GetAsync(stream.Name, cancellation);
        if (lookup.Routes is not { } routes)
        {
            return KinesisError.Of(lookup.Problem!);
        }

        if (stream.AccountId is { } account && account != routes.Map.Stream.AccountId)
        {
            return KinesisError.StreamNotFound($"Stream {stream.Name} under account {account} not found: this gateway writes for another account.");
        }

        await puts.PutAsync(records, routes, cancellation);
        metrics.OnSettled(stream.Name, records);
        return null;
    }
}
