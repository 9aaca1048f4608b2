using System.Buffers;
using System.IO.Pipelines;
using DataProcessor.Gateway.Answering;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DataProcessor.Gateway.Reading;

/// <summary>
/// Stage 1: a request's body in one pooled buffer. Its bytes are taken from the budget of the gateway before they are
/// read, and given back when the request is answered: the records framed from them live as long. The buffer grows with
/// what arrives: a body that is announced and does not come, or comes slowly, must not keep others out.
/// </summary>
internal sealed class RequestBody(ByteBudget budget, int maxBytes) : IDisposable
{
    /// <summary>First buffer of a body that does not announce its length.</summary>
    private const int UnannouncedBytes = 16 * 1024;

    /// <summary>Largest first buffer; most bodies need no other.</summary>
    private const int MostFirstBytes = 64 * 1024;

    private byte[] _buffer = [];
    private int _capacity;
    private int _length;
    private int _expected;

    public Span<byte> Bytes => _buffer.AsSpan(0, _length);

    /// <summary>Reads to the body's end; null when that succeeded.</summary>
    public async ValueTask<Problem?> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (request.ContentLength > maxBytes)
        {
            return TooLarge();
        }

        _expected = (int)(request.ContentLength ?? maxBytes);
        if (!TryGrow(Math.Min(_expected, request.ContentLength is null ? UnannouncedBytes : MostFirstBytes)))
        {
            return Problem.BuffersFull;
        }

        LiftServerLimit(request);
        try
        {
            return await ReadToEndAsync(request.BodyReader, cancellation);
        }
        catch (BadHttpRequestException unreadable)
        {
            return unreadable.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => TooLarge(),
                StatusCodes.Status408RequestTimeout => new(
                    ProblemKind.BodyTooSlow, "The body arrived too slowly. Send it again over a faster connection, or in parts."),
                _ => new(ProblemKind.UnreadableBody, $"{unreadable.Message} Check Content-Length and Transfer-Encoding."),
            };
        }
    }

    /// <summary>Gives the buffer back once the body is parsed. Its bytes stay taken: the frames use about as many.</summary>
    public void ReturnBuffer()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        (_buffer, _length) = ([], 0);
    }

    public void Dispose()
    {
        ReturnBuffer();
        budget.Release(_capacity);
        _capacity = 0;
    }

    private async ValueTask<Problem?> ReadToEndAsync(PipeReader reader, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellation);
            var problem = Append(read.Buffer);
            reader.AdvanceTo(read.Buffer.End);
            if (problem is not null || read.IsCompleted)
            {
                return problem;
            }
        }
    }

    private Problem? Append(ReadOnlySequence<byte> more)
    {
        var needed = _length + more.Length;
        if (needed > maxBytes)
        {
            return TooLarge();
        }

        if (needed > _capacity && !TryGrow((int)Math.Min(_expected, Math.Max(needed, 2L * _capacity))))
        {
            return Problem.BuffersFull;
        }

        more.CopyTo(_buffer.AsSpan(_length));
        _length = (int)needed;
        return null;
    }

    private bool TryGrow(int capacity)
    {
        if (!budget.TryTake(capacity - _capacity))
        {
            return false;
        }

        var larger = ArrayPool<byte>.Shared.Rent(capacity);
        Bytes.CopyTo(larger);
        var length = _length;
        ReturnBuffer();
        (_buffer, _length, _capacity) = (larger, length, capacity);
        return true;
    }

    /// <summary>The server's own limit (Kestrel: 30 MB) must not undercut a higher one of ours.</summary>
    private void LiftServerLimit(HttpRequest request)
    {
        var server = request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>();
        if (server is { IsReadOnly: false } && server.MaxRequestBodySize < maxBytes)
        {
            server.MaxRequestBodySize = maxBytes;
        }
    }

    private Problem TooLarge() => new(
        ProblemKind.BodyTooLarge, $"The body is larger than {maxBytes} bytes. Send the records in several requests.");
}
