using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Xunit;

namespace DataProcessor.Unit.Gateway;

/// <summary>Speaks HTTP/1.1 byte by byte: what is sent when, and when the answer is read, is up to the test.</summary>
internal sealed class RawConnection(TcpClient connection) : IDisposable
{
    private readonly NetworkStream _stream = connection.GetStream();
    private readonly StreamReader _reader = new(connection.GetStream(), Encoding.Latin1, bufferSize: 64 * 1024);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _reader.Dispose();
        connection.Dispose();
    }

    public Task SendHeadAsync(string headers, string path = "/") => SendAsync($"POST {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n");

    /// <summary>Begins an NDJSON body in chunks.</summary>
    public Task SendLinesHeadAsync() => SendHeadAsync("Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked");

    public Task SendChunkAsync(string text) => SendAsync($"{Encoding.UTF8.GetByteCount(text):x}\r\n{text}\r\n");

    public Task SendEndAsync() => SendAsync("0\r\n\r\n");

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes, Cancel);

    /// <summary>Reads the status line and headers.</summary>
    public async Task<int> ReadStatusAsync()
    {
        var status = await _reader.ReadLineAsync(Cancel);
        while (await _reader.ReadLineAsync(Cancel) is { Length: > 0 })
        {
        }

        return int.Parse(status!.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Reads until the server closes the connection.</summary>
    public Task<string> ReadToEndAsync() => _reader.ReadToEndAsync(Cancel);

    /// <summary>Reads the lines of a chunked body to its end.</summary>
    public async IAsyncEnumerable<JsonElement> ReadLinesAsync()
    {
        var partial = "";
        while (await ReadChunkAsync() is { Length: > 0 } chunk)
        {
            var lines = (partial + chunk).Split('\n');
            partial = lines[^1];
            foreach (var line in lines[..^1])
            {
                yield return JsonDocument.Parse(line).RootElement;
            }
        }

        if (partial.Length > 0)
        {
            yield return JsonDocument.Parse(partial).RootElement;
        }
    }

    private async Task<string> ReadChunkAsync()
    {
        var size = await _reader.ReadLineAsync(Cancel);
        if (size is null)
        {
            return "";
        }

        var chunk = new char[int.Parse(size, NumberStyles.HexNumber, CultureInfo.InvariantCulture)];
        await _reader.ReadBlockAsync(chunk, Cancel);
        await _reader.ReadLineAsync(Cancel);
        return new(chunk);
    }
}
