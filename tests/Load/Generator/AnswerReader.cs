using System.Buffers;
using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace DataProcessor.Load.Generator;

/// <summary>An answer as far as a load generator cares.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="FailedRecords">Of a batch that was stored in part (207).</param>
/// <param name="Problem">The end of the body, where a batch says what failed, if it is neither 200 nor 429.</param>
internal readonly record struct Answer(int Status, int FailedRecords, string? Problem);

/// <summary>Reads HTTP/1.1 answers of known length or in chunks; their order is all that matters on a connection.</summary>
internal sealed class AnswerReader(Socket socket)
{
    private const int MaxProblem = 300;

    private readonly ArrayBufferWriter<byte> _chunks = new();
    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    /// <exception cref="IOException">The connection was closed, or this is no HTTP.</exception>
    public async ValueTask<Answer> ReadAsync()
    {
        int headLength;
        while ((headLength = Buffered.IndexOf("\r\n\r\n"u8)) < 0)
        {
            await ReceiveAsync();
        }

        var (status, contentLength) = ParseHead(Buffered[..headLength]);
        _start += headLength + 4;
        var body = contentLength is { } length ? await TakeAsync(length) : await TakeChunksAsync();
        return Describe(status, body);
    }

    private Span<byte> Buffered => _buffer.AsSpan(_start, _end - _start);

    /// <returns>The status, and the length of the body unless it comes in chunks.</returns>
    private static (int Status, int? ContentLength) ParseHead(ReadOnlySpan<byte> head)
    {
        if (!head.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(head[9..], out int status, out _))
        {
            throw new IOException("The answer is not HTTP/1.1.");
        }

        foreach (var range in head.Split("\r\n"u8))
        {
            var line = head[range];
            var colon = line.IndexOf((byte)':');
            if (colon > 0
                && Ascii.EqualsIgnoreCase(line[..colon], "content-length"u8)
                && Utf8Parser.TryParse(line[(colon + 1)..].TrimStart((byte)' '), out int length, out _))
            {
                return (status, length);
            }
        }

        return (status, null);
    }

    /// <summary>The next bytes, once all of them are there; valid until the next read.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> TakeAsync(int length)
    {
        while (_end - _start < length)
        {
            await ReceiveAsync(length);
        }

        var taken = _buffer.AsMemory(_start, length);
        _start += length;
        return taken;
    }

    /// <summary>The chunks together; valid until the next read.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> TakeChunksAsync()
    {
        _chunks.ResetWrittenCount();
        while (true)
        {
            int lineLength;
            while ((lineLength = Buffered.IndexOf("\r\n"u8)) < 0)
            {
                await ReceiveAsync();
            }

            if (!Utf8Parser.TryParse(Buffered[..lineLength], out int size, out _, 'x'))
            {
                throw new IOException("The answer has a chunk without a size.");
            }

            _start += lineLength + 2;
            var chunk = await TakeAsync(size + 2);
            if (size == 0)
            {
                return _chunks.WrittenMemory;
            }

            _chunks.Write(chunk.Span[..size]);
        }
    }

    private async ValueTask ReceiveAsync(int needed = 1)
    {
        if (_start > 0)
        {
            Buffered.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_buffer.Length < needed || _end == _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(needed, _buffer.Length * 2));
        }

        var received = await socket.ReceiveAsync(_buffer.AsMemory(_end));
        _end += received > 0 ? received : throw new IOException("The connection was closed before the answer.");
    }

    private static Answer Describe(int status, ReadOnlyMemory<byte> body) => new(
        status,
        status == 207 ? body.Span.Count("\"errorCode\""u8) : 0,
        status is 200 or 429 ? null : Encoding.UTF8.GetString(body.Span[^Math.Min(body.Length, MaxProblem)..]));
}
