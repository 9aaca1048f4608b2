using DataProcessor.Gateway.Answering;
using DataProcessor.Gateway.Authentication;
using DataProcessor.Gateway.Putting;
using DataProcessor.Gateway.Reading;
using DataProcessor.Gateway.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace DataProcessor.Gateway;

/// <summary>
/// Takes one request along its path:
/// <code>
///  body ──1 read──▶ framed records ──2 route──▶ a group per shard ──3 put──▶ outcomes ──▶ answer
/// </code>
/// </summary>
internal sealed class GatewayRequests(
    IOptions<GatewayOptions> options,
    ApiKeys keys,
    ByteBudget inFlight,
    ShardMapCache maps,
    PutDispatcher puts,
    GatewayMetrics metrics)
{
    private readonly GatewayOptions _options = options.Value;
    private readonly RecordParser _parser = new(options.Value.MaxRecords, options.Value.MaxRecordBytes);

    public async Task TakeAsync(HttpContext context, string stream)
    {
        using var body = new RequestBody(inFlight, _options.MaxBodyBytes);
        using var records = new IncomingRecords();
        try
        {
            var refusal = await RefusalAsync(context, stream, body, records);
            if (refusal is not null)
            {
                metrics.OnRefused(refusal.Kind.Code);
            }

            var answer = refusal is not null ? new ProblemAnswer(refusal) : Answer.To(records);
            await answer.ExecuteAsync(context);
        }
        catch (Exception gone) when (
            gone is OperationCanceledException or IOException
            && context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone. What was taken is written all the same; there is nobody to tell.
        }
    }

    /// <summary>Null when the request's records have their outcomes; else why none of them was taken.</summary>
    private async ValueTask<Problem?> RefusalAsync(
        HttpContext context, string stream, RequestBody body, IncomingRecords records)
    {
        // 0 authenticate
        if (keys.Refusal(context.Request, stream) is { } stranger)
        {
            return stranger;
        }

        if (!StreamName.IsValid(stream))
        {
            return new(ProblemKind.InvalidStreamName, $"A stream name has {StreamName.Rule}.");
        }

        // 1 read
        if (BodyFormats.Of(context.Request, out var format) is { } unsupported)
        {
            return unsupported;
        }

        if (await body.ReadAsync(context.Request, context.RequestAborted) is { } unreadable)
        {
            return unreadable;
        }

        if (_parser.Parse(body.Bytes, format, records) is { } malformed)
        {
            return malformed;
        }

        body.ReturnBuffer();
        if (!records.HasOpen)
        {
            return null;
        }

        // 2 route
        var lookup = await maps.GetAsync(stream, context.RequestAborted);
        if (lookup.Routes is not { } routes)
        {
            return lookup.Problem;
        }

        // 3 put
        await puts.PutAsync(records, routes, context.RequestAborted);
        metrics.OnSettled(stream, records);
        return null;
    }
}
