using System.Buffers;

namespace DataProcessor.Aws.Transport;

/// <summary>
/// The bytes of one call, sent once per attempt and given back to the pool at the end, unless a transport that was
/// cancelled is still writing them: then the garbage collector has them.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    private readonly bool _isPooled;
    private byte[]? _buffer;
    private int _writesInFlight;

    private RequestBody(byte[] buffer, int length, bool isPooled)
    {
        _buffer = buffer;
        Length = length;
        _isPooled = isPooled;
    }

    public int Length { get; }

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, Length);

    public static RequestBody Of(byte[] bytes) => new(bytes, bytes.Length, isPooled: false);

    public static RequestBody Pooled(byte[] rented, int length) => new(rented, length, isPooled: true);

    /// <summary>Called around each write to a connection.</summary>
    public void OnWriteStarted() => Interlocked.Increment(ref _writesInFlight);

    public void OnWriteEnded() => Interlocked.Decrement(ref _writesInFlight);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer && _isPooled && Volatile.Read(ref _writesInFlight) == 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
