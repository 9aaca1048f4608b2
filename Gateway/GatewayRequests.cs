using DataProcessor.Gateway.Answering;
using DataProcessor.Gateway.Authentication;
using DataProcessor.Gateway.Reading;
using DataProcessor.Gateway.Routing;
using DataProcessor.Gateway.Streaming;
using Microsoft.AspNetCore.Http;

namespace DataProcessor.Gateway;

/// <summary>Takes requests with records: those that are read whole, and NDJSON as it arrives.</summary>
internal sealed class GatewayRequests(
    ApiKeys keys, BodyEncoding encoding, WholeRequests whole, LineRequests lines, GatewayMetrics metrics)
{
    public async Task TakeAsync(HttpContext context, string stream)
    {
        try
        {
            if (await RefusalAsync(context, stream) is { } refusal)
            {
                metrics.OnRefused(refusal.Kind.Code);
                await UnreadBody.DrainAsync(context.Request, context.RequestAborted);
                await new ProblemAnswer(refusal).ExecuteAsync(context);
            }
        }
        catch (Exception gone) when (
            gone is OperationCanceledException or IOException
            && context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone. What was taken is written all the same; there is nobody to tell.
        }
    }

    /// <summary>Null when the request is answered; else why nothing of it was taken.</summary>
    private async ValueTask<Problem?> RefusalAsync(HttpContext context, string stream)
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

        if (RequestTerms.Read(context.Request, out var terms) is { } misunderstood)
        {
            return misunderstood;
        }

        if (encoding.Undo(context.Request, out var isCompressed) is { } unreadable)
        {
            return unreadable;
        }

        return terms.IsWhole
            ? await whole.TakeAsync(context, stream, terms)
            : await lines.TakeAsync(context, stream, terms, isCompressed);
    }
}
