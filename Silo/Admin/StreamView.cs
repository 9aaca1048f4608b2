namespace DataProcessor.Silo.Admin;

internal sealed record HealthView(string Status);

internal sealed record StreamListView(string[] Streams);

/// <summary><c>GET /streams/{stream}</c>: the shards in the service's order, each with what its reader does.</summary>
internal sealed record StreamView(string Stream, string Application, DateTimeOffset CreatedAt, long MapVersion, ShardView[] Shards)
{
    public static StreamView Of(ApplicationStatus status) => new(
        status.Map.Stream.Name,
        status.Application,
        DateTimeOffset.FromUnixTimeSeconds(status.Map.Stream.Epoch),
        status.Map.Version,
        [.. status.Map.Shards.Zip(status.Shards, ShardView.Of)]);
}

internal sealed record ShardView(
    string ShardId,
    string[] Parents,
    string StartingHashKey,
    string EndingHashKey,
    bool IsOpen,
    string State,
    string? Silo,
    PositionView? Position,
    PositionView? Checkpoint,
    long? MillisBehindLatest,
    long RecordsProcessed,
    long BytesProcessed,
    long Duplicates,
    string? LastError)
{
    public static ShardView Of(Shard shard, ShardStatus status) => new(
        shard.Id,
        shard.Parents,
        shard.Range.Start.ToString(),
        shard.Range.End.ToString(),
        shard.IsOpen,
        status.State.ToString(),
        status.Silo,
        PositionView.Of(status.Position),
        PositionView.Of(status.Checkpoint),
        status.MillisBehindLatest,
        status.RecordsProcessed,
        status.BytesProcessed,
        status.Duplicates,
        status.LastError);
}

internal sealed record PositionView(string SequenceNumber, long SubSequenceNumber)
{
    public static PositionView? Of(StreamPosition? position) =>
        position is { } at ? new(at.SequenceNumber.ToString(), at.SubSequenceNumber) : null;
}
