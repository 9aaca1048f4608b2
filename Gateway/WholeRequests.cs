using DataProcessor.Gateway.Answering;
using DataProcessor.Gateway.Putting;
using DataProcessor.Gateway.Reading;
using DataProcessor.Gateway.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace DataProcessor.Gateway;

/// <summary>
/// Takes requests whose body is in hand before the first record is put:
/// <code>
///  body ──1 read──▶ framed records ──2 route──▶ a group per shard ──3 put──▶ outcomes ──4 answer──▶
/// </code>
/// </summary>
internal sealed class WholeRequests(
    IOptions<GatewayOptions> options,
    ByteBudget inFlight,
    RecordParser parser,
    ShardMapCache maps,
    PutDispatcher puts,
    AcceptedPuts accepted,
    IdempotencyKeys keys,
    GatewayMetrics metrics)
{
    private readonly GatewayOptions _options = options.Value;

    /// <summary>Null when the request is answered; else why nothing of it was taken.</summary>
    public async Task<Problem?> TakeAsync(HttpContext context, string stream, RequestTerms terms)
    {
        var mostBytes = terms.Format == BodyFormat.Raw ? _options.MaxRecordBytes : _options.MaxBodyBytes;
        var request = new WholeRequest(stream, terms, new(inFlight, mostBytes));
        var isHandedOver = false;
        try
        {
            // 1 read
            if (await ReadAsync(context, request) is { } unreadable)
            {
                return unreadable;
            }

            if (request.Records.HasOpen)
            {
                // 2 route
                var lookup = await maps.GetAsync(stream, context.RequestAborted);
                if (lookup.Routes is not { } routes)
                {
                    return lookup.Problem;
                }

                if (terms.IdempotencyKey is { } key && !keys.TryUse(stream, key, request.Records))
                {
                    return Problem.IdempotencyKeyReused;
                }

                // 3 put; the summary before it, since its outcomes may come at any time
                var summary = terms.IsAsync ? ResultSummary.Of(request.Records) : null;
                var put = PutAsync(request, routes, context.RequestAborted);
                if (summary is not null && !put.IsCompleted && (isHandedOver = accepted.TryAdd(request, put)))
                {
                    await new SummaryAnswer(summary, StatusCodes.Status202Accepted, SummaryAnswer.Async).ExecuteAsync(context);
                    return null;
                }

                await put;
                metrics.OnSettled(stream, request.Records);
            }

            // 4 answer
            await Answer.To(request.Records, terms).ExecuteAsync(context);
            return null;
        }
        finally
        {
            if (!isHandedOver)
            {
                request.Dispose();
            }
        }
    }

    private async ValueTask<Problem?> ReadAsync(HttpContext context, WholeRequest request)
    {
        if (await request.Body.ReadAsync(context.Request, context.RequestAborted) is { } unreadable)
        {
            return unreadable;
        }

        var terms = request.Terms;
        var malformed = terms.Format == BodyFormat.Raw
            ? RawRecord.Read(request.Body.Bytes, terms, _options.MaxRecordBytes, request.Records)
            : parser.Parse(request.Body.Bytes, terms.Format, request.Records, terms.KeyField);
        request.Body.ReturnBuffer();
        return malformed;
    }

    private Task PutAsync(WholeRequest request, StreamRoutes routes, CancellationToken aborted)
    {
        var terms = request.Terms;
        return puts.PutAsync(
            request.Records,
            routes,
            terms.IsAsync ? PutMode.Accepted : PutMode.Whole,
            terms.IdempotencyKey is { } key ? PutIds.Of(key) : PutIds.Random,
            terms.IsAsync ? CancellationToken.None : aborted);
    }
}
