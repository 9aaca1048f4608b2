using System.Buffers;

namespace DataProcessor.Aws.Local.Wire;

/// <summary>A growing buffer from the shared pool.</summary>
internal sealed class PooledBufferWriter : IBufferWriter<byte>, IDisposable
{
    private byte[] _buffer = [];
    private int _length;

    public Memory<byte> Written => _buffer.AsMemory(0, _length);

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_length);
    }

    /// <summary>Adds all that the stream has; throws InvalidDataException beyond <paramref name="most"/> bytes.</summary>
    /// <param name="stream">To read.</param>
    /// <param name="expected">Its length if it is known: then it is read in one piece.</param>
    /// <param name="most">Limit in bytes.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async ValueTask ReadToEndAsync(Stream stream, long? expected, int most, CancellationToken cancellationToken)
    {
        // One byte more than expected, so that the end is seen without growing.
        Reserve((int)Math.Clamp((expected ?? 4095) + 1, 1, most));
        while (await stream.ReadAsync(GetMemory(), cancellationToken) is > 0 and var count)
        {
            Advance(count);
            if (_length > most)
            {
                throw new InvalidDataException($"The request body is larger than {most} bytes.");
            }
        }
    }

    /// <summary>Hands the buffer over to the caller.</summary>
    public (byte[] Buffer, int Length) Detach()
    {
        var result = (_buffer, _length);
        (_buffer, _length) = ([], 0);
        return result;
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private void Reserve(int room)
    {
        var needed = checked(_length + Math.Max(room, 1));
        if (needed <= _buffer.Length)
        {
            return;
        }

        var grown = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(4096, 2 * _length)));
        _buffer.AsSpan(0, _length).CopyTo(grown);
        Dispose();
        _buffer = grown;
    }
}
