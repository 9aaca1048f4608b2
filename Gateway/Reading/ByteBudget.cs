namespace DataProcessor.Gateway.Reading;

/// <summary>
/// Bytes that may be held at one time. What is larger than the whole budget is let in alone, so that a small budget
/// slows large things down and never locks them out.
/// </summary>
internal sealed class ByteBudget(long limit)
{
    private long _inUse;

    public long InUse => Volatile.Read(ref _inUse);

    public bool TryTake(long bytes)
    {
        var seen = Volatile.Read(ref _inUse);
        while (seen == 0 || seen + bytes <= limit)
        {
            var found = Interlocked.CompareExchange(ref _inUse, seen + bytes, seen);
            if (found == seen)
            {
                return true;
            }

            seen = found;
        }

        return false;
    }

    public void Release(long bytes) => Interlocked.Add(ref _inUse, -bytes);
}
