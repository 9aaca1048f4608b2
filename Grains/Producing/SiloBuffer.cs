namespace DataProcessor.Grains.Producing;

/// <summary>
/// Bytes of unsettled puts that the producers of a silo hold together. A shard may hold half of what is free: the one hot
/// shard of a silo stops at a third of it, and of n hot shards none can take the room that the next one needs.
/// Thread-safe.
/// </summary>
internal sealed class SiloBuffer(ProducerOptions options)
{
    private long _held;

    public long Free => options.SiloBufferBytes - Interlocked.Read(ref _held);

    /// <summary>Bytes that one shard's producer may hold now.</summary>
    public long Share => Math.Min(options.BufferBytes, Free / 2);

    public void Take(long bytes) => Interlocked.Add(ref _held, bytes);

    public void Return(long bytes) => Interlocked.Add(ref _held, -bytes);
}
