using DataProcessor.Gateway.Answering;
using DataProcessor.Gateway.Reading;
using DataProcessor.Gateway.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DataProcessor.Gateway.Putting;

/// <summary>Stage 3: lets a request's records in by the share of each shard, and puts them.</summary>
internal sealed class PutDispatcher(
    ShardMapCache maps,
    TimeProvider time,
    IOptions<GatewayOptions> options,
    GatewayMetrics metrics,
    ILogger<PutDispatcher> logger)
{
    /// <summary>Returns when every record has its outcome.</summary>
    /// <exception cref="OperationCanceledException">The client is gone; what is taken stays taken.</exception>
    public async Task PutAsync(IncomingRecords records, StreamRoutes routes, CancellationToken cancellation)
    {
        var open = records.Open();
        var groups = RecordRouter.Route(records, open, routes, FramePacker.ChunkBytes, time.GetTimestamp());
        if (TakeShares(groups) is { } full)
        {
            records.Fail(open, Problem.ShardBusy(full.Shard.Id, TimeSpan.FromSeconds(1)));
            return;
        }

        try
        {
            var terms = new PutTerms(
                routes.Map.Stream.Name,
                new Deadline(time, options.Value.RecordTtl),
                options.Value.BusyPatience,
                new FirstAnswers(groups.Length),
                time,
                metrics,
                logger);
            await new RequestPut(records, maps, terms, cancellation).PutAsync(groups, routes);
        }
        finally
        {
            ReturnShares(groups);
        }
    }

    /// <summary>Takes each group's bytes from its shard's share: all, or none and the shard that is full.</summary>
    private static ShardTarget? TakeShares(ShardGroup[] groups)
    {
        for (var i = 0; i < groups.Length; i++)
        {
            if (!groups[i].Target.InFlight.TryTake(groups[i].Bytes))
            {
                ReturnShares(groups.AsSpan(0, i));
                return groups[i].Target;
            }
        }

        return null;
    }

    private static void ReturnShares(ReadOnlySpan<ShardGroup> groups)
    {
        foreach (var group in groups)
        {
            group.Target.InFlight.Release(group.Bytes);
        }
    }
}
