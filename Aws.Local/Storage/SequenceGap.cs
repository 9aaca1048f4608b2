namespace DataProcessor.Aws.Local.Storage;

/// <summary>
/// An injected inversion: a record took the number after the next, and the next is free for a put that follows quickly. Until
/// that has come, or its time is up, readers see neither: they must see numbers in their order. In the file the two stand in
/// the order of their arrival. Guarded by the shard's lock.
/// </summary>
internal sealed class SequenceGap
{
    /// <summary>Later puts are no longer quick.</summary>
    public const long MaxAgeMs = 500;

    private long? _free;
    private long _openedMs;

    /// <summary>Readers see only what is below it.</summary>
    public long HiddenFrom { get; private set; } = long.MaxValue;

    public bool IsHiding => HiddenFrom < long.MaxValue;

    public void Open(long counter, long nowMs)
    {
        _free = HiddenFrom = counter;
        _openedMs = nowMs;
    }

    /// <summary>Takes the free number; what it hides stays hidden until <see cref="Close"/>.</summary>
    /// <param name="nowMs">Now.</param>
    /// <param name="above">The number must be greater.</param>
    /// <param name="counter">The number.</param>
    public bool TryFill(long nowMs, long above, out long counter)
    {
        counter = _free ?? 0;
        if (_free is null || nowMs - _openedMs > MaxAgeMs || counter <= above)
        {
            return false;
        }

        _free = null;
        return true;
    }

    /// <summary>Whether the free number was not taken in time.</summary>
    public bool HasExpired(long nowMs) => _free is not null && nowMs - _openedMs > MaxAgeMs;

    /// <summary>Whether the free number is still to be taken.</summary>
    public bool IsOpen => _free is not null;

    public void Close()
    {
        _free = null;
        HiddenFrom = long.MaxValue;
    }
}
