namespace DataProcessor.Aws.Local.Limits;

/// <summary>
/// What one shard carries, as documented under
/// https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html. Not thread-safe.
/// </summary>
internal sealed class ShardLimits(LimitModel model, TimeProvider time)
{
    private const long WriteBytes = 1024 * 1024;
    private const long WriteRecords = 1_000;
    private const long ReadBytes = 2 * 1024 * 1024;
    private const long ReadCalls = 5;
    private const long IteratorCalls = 5;

    private readonly RateMeter _writeBytes = RateMeter.Create(model, WriteBytes, time.TimestampFrequency);
    private readonly RateMeter _writeRecords = RateMeter.Create(model, WriteRecords, time.TimestampFrequency);
    private readonly RateMeter _readBytes = RateMeter.Create(model, ReadBytes, time.TimestampFrequency);
    private readonly RateMeter _readCalls = RateMeter.Create(model, ReadCalls, time.TimestampFrequency);
    private readonly RateMeter _iteratorCalls = RateMeter.Create(model, IteratorCalls, time.TimestampFrequency);

    /// <param name="bytes">Data and partition key.</param>
    public bool TryWrite(long bytes)
    {
        var now = time.GetTimestamp();
        if (!_writeRecords.Allows(1, now) || !_writeBytes.Allows(bytes, now))
        {
            return false;
        }

        _writeRecords.Take(1, now);
        _writeBytes.Take(bytes, now);
        return true;
    }

    /// <summary>Asks for a read whose size is not known yet; <see cref="HasRead"/> charges it.</summary>
    public bool TryRead()
    {
        var now = time.GetTimestamp();
        if (!_readCalls.Allows(1, now) || !_readBytes.Allows(1, now))
        {
            return false;
        }

        _readCalls.Take(1, now);
        return true;
    }

    /// <summary>A large read puts the shard into debt: the next ones are refused until it is paid.</summary>
    public void HasRead(long bytes) => _readBytes.Take(bytes, time.GetTimestamp());

    public bool TryGetIterator()
    {
        var now = time.GetTimestamp();
        if (!_iteratorCalls.Allows(1, now))
        {
            return false;
        }

        _iteratorCalls.Take(1, now);
        return true;
    }
}
