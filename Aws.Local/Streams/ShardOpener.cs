using DataProcessor.Aws.Local.Limits;
using DataProcessor.Aws.Local.Storage;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Aws.Local.Streams;

/// <summary>Opens shards: recovers what is stored of them.</summary>
/// <param name="folders">Null keeps them in memory.</param>
internal sealed class ShardOpener(
    LocalKinesisOptions options, TimeProvider time, StreamFolders? folders, StorageQuota quota, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger<SegmentStore>();

    public Shard Open(StreamInfo stream, ShardInfo info) => new(
        info,
        stream.CreationMs,
        options.EnforceLimits ? new ShardLimits(options.LimitModel, time) : null,
        new SegmentStore(folders?.FolderOf(stream, info), _logger),
        quota,
        new ShardSubscriptions(info.Id, time, options.EnforceLimits));

    /// <summary>All of them; none stays open if one cannot be opened.</summary>
    public Shard[] OpenAll(StreamInfo stream)
    {
        var shards = new List<Shard>(stream.Shards.Count);
        try
        {
            foreach (var info in stream.Shards)
            {
                shards.Add(Open(stream, info));
            }

            return [.. shards];
        }
        catch
        {
            shards.ForEach(shard => shard.Dispose());
            throw;
        }
    }
}
