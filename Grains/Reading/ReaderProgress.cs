namespace DataProcessor.Grains.Reading;

/// <summary>What a reader's parts know of how it goes; read and written on the reader's scheduler only.</summary>
internal sealed class ReaderProgress
{
    public ShardState State { get; set; } = ShardState.Stopped;

    /// <summary>The last user record handled.</summary>
    public StreamPosition? Position { get; set; }

    /// <summary>The last position written to the lease.</summary>
    public StreamPosition? Checkpoint { get; set; }

    public long? MillisBehindLatest { get; set; }

    public long RecordsProcessed { get; set; }

    public long BytesProcessed { get; set; }

    public long Duplicates { get; set; }

    public string? LastError { get; private set; }

    public void OnFailure(Exception failure) => OnWaiting($"{failure.GetType().Name}: {failure.Message}");

    /// <param name="reason">Why it cannot go on, for people.</param>
    public void OnWaiting(string reason)
    {
        State = ShardState.Retrying;
        LastError = reason;
    }

    public void OnSuccess()
    {
        State = ShardState.Reading;
        LastError = null;
    }

    public ShardStatus ToStatus(string shardId) => new(
        shardId, State, Silo: null, Position, Checkpoint, MillisBehindLatest, RecordsProcessed, BytesProcessed, Duplicates, LastError);
}
