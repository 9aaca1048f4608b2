using System.Buffers;

namespace DataProcessor.Aws.Transport;

/// <summary>
/// An answer's bytes; by default, there was no answer. Pooled, unless the answer is handed on to user code, which may keep it.
/// </summary>
internal readonly struct ResponseBody : IDisposable
{
    private const int FirstBufferBytes = 16 * 1024;

    private readonly byte[]? _buffer;
    private readonly bool _isPooled;

    private ResponseBody(byte[] buffer, int length, bool isPooled)
    {
        _buffer = buffer;
        Length = length;
        _isPooled = isPooled;
    }

    /// <summary>Without one, an error told that an earlier attempt had done what was asked for.</summary>
    public bool IsAnswer => _buffer is not null;

    public byte[] Buffer => _buffer ?? [];

    public int Length { get; }

    public Span<byte> Bytes => Buffer.AsSpan(0, Length);

    /// <exception cref="ResponseTooLargeException">It is longer than <paramref name="limit"/> bytes.</exception>
    public static async ValueTask<ResponseBody> ReadAsync(
        HttpContent content, int limit, bool isPooled, CancellationToken cancellationToken)
    {
        var declared = content.Headers.ContentLength;
        if (declared == 0)
        {
            return new ResponseBody([], 0, isPooled: false);
        }

        if (declared > limit)
        {
            throw new ResponseTooLargeException(limit);
        }

        var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = Allocate((int)(declared ?? Math.Min(limit, FirstBufferBytes)), isPooled);
        var length = 0;
        var isWhole = false;
        try
        {
            while (length != declared)
            {
                if (length == buffer.Length)
                {
                    buffer = Grow(buffer, length, limit, isPooled);
                }

                var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
                if (read == 0)
                {
                    break;
                }

                length += read;
                if (length > limit)
                {
                    throw new ResponseTooLargeException(limit);
                }
            }

            isWhole = true;
            return new ResponseBody(buffer, length, isPooled);
        }
        finally
        {
            if (!isWhole)
            {
                Release(buffer, isPooled);
            }
        }
    }

    public void Dispose() => Release(Buffer, _isPooled);

    private static byte[] Grow(byte[] buffer, int length, int limit, bool isPooled)
    {
        // One byte beyond the limit is enough to see that it is passed.
        var larger = Allocate((int)Math.Min(length * 2L, limit + 1L), isPooled);
        buffer.AsSpan(0, length).CopyTo(larger);
        Release(buffer, isPooled);
        return larger;
    }

    private static byte[] Allocate(int length, bool isPooled) =>
        isPooled ? ArrayPool<byte>.Shared.Rent(length) : GC.AllocateUninitializedArray<byte>(length);

    private static void Release(byte[] buffer, bool isPooled)
    {
        if (isPooled)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
