namespace DataProcessor.Gateway.Putting;

/// <summary>
/// Decides for a request whether it may still be refused as a whole: while no shard has taken anything, and all of
/// them are full. Each shard of the request reports its first answer once.
/// </summary>
internal sealed class FirstAnswers(int shards)
{
    private readonly TaskCompletionSource<bool> _anyTaken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _undecided = shards;

    /// <summary>Something of the request is taken, or may be: the rest waits its turn.</summary>
    public void Taken() => _anyTaken.TrySetResult(true);

    /// <summary>The shard is full. Whether another one has taken something, known once all have answered.</summary>
    public Task<bool> BusyAsync()
    {
        if (Interlocked.Decrement(ref _undecided) == 0)
        {
            _anyTaken.TrySetResult(false);
        }

        return _anyTaken.Task;
    }
}
