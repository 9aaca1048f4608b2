using System.Net;
using System.Net.Sockets;

namespace DataProcessor.Load.Generator;

/// <summary>One HTTP/1.1 connection that is kept alive, with one request under way at the most.</summary>
internal sealed class Connection(Uri target) : IDisposable
{
    private readonly IPEndPoint _endpoint = new(IPAddress.Parse(target.Host), target.Port);
    private Socket? _socket;
    private AnswerReader? _answers;

    /// <exception cref="SocketException">Nobody listens there.</exception>
    public async ValueTask ConnectAsync()
    {
        Dispose();
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await _socket.ConnectAsync(_endpoint);
        _answers = new(_socket);
    }

    /// <exception cref="SocketException">The connection broke.</exception>
    /// <exception cref="IOException">The other side closed it.</exception>
    public async ValueTask<Answer> ExchangeAsync(ReadOnlyMemory<byte> request)
    {
        if (_socket is null)
        {
            await ConnectAsync();
        }

        while (!request.IsEmpty)
        {
            request = request[await _socket!.SendAsync(request)..];
        }

        return await _answers!.ReadAsync();
    }

    /// <summary>Closes it; the next exchange opens it anew.</summary>
    public void Dispose()
    {
        _socket?.Dispose();
        _socket = null;
    }
}
