using System.IO.Pipelines;
using DataProcessor.Gateway.Answering;
using DataProcessor.Gateway.Putting;
using DataProcessor.Gateway.Reading;
using DataProcessor.Gateway.Routing;
using DataProcessor.Gateway.Stopping;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Options;

namespace DataProcessor.Gateway.Streaming;

/// <summary>Takes NDJSON requests, see <see cref="LineStream"/>.</summary>
internal sealed class LineRequests(
    IOptions<GatewayOptions> options,
    ByteBudget inFlight,
    RecordParser parser,
    ShardMapCache maps,
    PutDispatcher puts,
    GatewayMetrics metrics,
    TimeProvider time,
    GatewayDrain drain)
{
    /// <summary>What is decompressed at a time.</summary>
    private const int PlainBytes = 256 * 1024;

    /// <summary>Null when the request is answered; else why nothing of it was taken.</summary>
    public async Task<Problem?> TakeAsync(HttpContext context, string stream, RequestTerms terms, bool isCompressed)
    {
        LiftServerLimits(context);
        var body = isCompressed
            ? PipeReader.Create(context.Request.Body, new(bufferSize: PlainBytes, minimumReadSize: PlainBytes / 4))
            : context.Request.BodyReader;

        // A body may go on for hours; when the process stops, its client is told to send the rest elsewhere.
        using var stopping = drain.Ended.Register(body.CancelPendingRead);
        using var lines = new BodyLines(body, LineLimits.Of(options.Value, context.Request.ContentLength, isCompressed), inFlight, time);
        var results = new ResultStream(context.Response.BodyWriter, options.Value, inFlight, time, context.RequestAborted);
        try
        {
            using var records = new LineStream(context, stream, terms, lines, results, parser, maps, puts, metrics);
            return await records.RunAsync();
        }
        finally
        {
            await results.CloseAsync(context.Abort);
            if (isCompressed)
            {
                await body.CompleteAsync();
            }
        }
    }

    /// <summary>
    /// The body may have any length, and <see cref="ResultStream"/> says how long a client may leave results unread: the
    /// server would cut off one that sends for long before it reads.
    /// </summary>
    private static void LiftServerLimits(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }
}
