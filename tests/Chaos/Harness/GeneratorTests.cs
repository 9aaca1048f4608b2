using System.Net;
using System.Net.Sockets;
using System.Text;
using DataProcessor.Load.Generator;
using DataProcessor.Load.Protocol;
using Xunit;

namespace DataProcessor.Chaos.Harness;

/// <summary>The load generator against a server that does what a test wants.</summary>
public sealed class GeneratorTests
{
    private static readonly PostShape OneRecord = new(RecordsPerRequest: 1, DataBytes: 100, KeyMode.None);

    [Fact]
    public async Task A_server_that_stands_still_counts_for_every_request_that_was_due_meanwhile()
    {
        const int StandstillMs = 400;
        var answered = 0;
        using var server = new AnsweringServer(() => Interlocked.Increment(ref answered) == 50 ? StandstillMs : 0);
        using var generator = await LoadGenerator.ConnectAsync(new([server.Address], Connections: 1, Post: OneRecord), TestContext.Current.CancellationToken);

        var result = await generator.RunAsync(new(Seconds: 1, RequestsPerSecond: 200), new Random(1));

        // 80 of the 200 were due while nothing was answered. A generator that waits for the answer before it counts would see one.
        Assert.Equal(199, result.Acknowledged);
        Assert.True(result.Latency.P99 >= StandstillMs * 0.8, $"{result}");
        Assert.True(result.Lateness.P99 >= StandstillMs * 0.7, $"{result}");
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", 200, 0)]
    [InlineData("HTTP/1.1 200 OK\r\nDate: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n2\r\n1}\r\n0\r\n\r\n", 200, 0)]
    [InlineData("HTTP/1.1 429 Too Many Requests\r\ncontent-length:0\r\n\r\n", 429, 0)]
    [InlineData("HTTP/1.1 207 Multi-Status\r\nTransfer-Encoding: chunked\r\n\r\n1d\r\n[{\"errorCode\":1},{\"errorCode\"\r\n4\r\n:2}]\r\n0\r\n\r\n", 207, 2)]
    public async Task An_answer_is_read_to_its_end_however_it_arrives(string answer, int status, int failedRecords)
    {
        foreach (var piece in new[] { 1, 7, answer.Length })
        {
            using var server = new AnsweringServer(() => 0, answer, piece);
            using var connection = new Connection(server.Address);
            for (var i = 0; i < 3; i++)
            {
                var read = await connection.ExchangeAsync("POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
                Assert.Equal((status, failedRecords), (read.Status, read.FailedRecords));
            }
        }
    }

    [Fact]
    public async Task A_connection_that_breaks_is_a_failed_request_and_the_next_one_has_a_new_connection()
    {
        var answered = 0;
        using var server = new AnsweringServer(() => Interlocked.Increment(ref answered) % 10 == 0 ? AnsweringServer.Break : 0);
        using var generator = await LoadGenerator.ConnectAsync(new([server.Address], Connections: 2, Post: OneRecord), TestContext.Current.CancellationToken);

        var result = await generator.RunAsync(new(Seconds: 0.5, RequestsPerSecond: 200), new Random(1));

        Assert.Equal((99, 9), (result.Requests, result.Failed));
        Assert.Equal(90, result.Acknowledged);
    }

    /// <summary>Answers each request after as many ms as it is told, in pieces.</summary>
    private sealed class AnsweringServer : IDisposable
    {
        public const int Break = -1;

        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Func<int> _delayMs;
        private readonly byte[] _answer;
        private readonly int _piece;
        private readonly List<Task> _tasks = [];

        public AnsweringServer(Func<int> delayMs, string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", int piece = 1000)
        {
            _delayMs = delayMs;
            _answer = Encoding.ASCII.GetBytes(answer);
            _piece = piece;
            _listener.Start();
            _tasks.Add(AcceptAsync());
        }

        public Uri Address => new($"http://{_listener.LocalEndpoint}/");

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    _tasks.Add(AnswerAsync(await _listener.AcceptSocketAsync()));
                }
            }
            catch (SocketException)
            {
                // Disposed of.
            }
        }

        private async Task AnswerAsync(Socket socket)
        {
            using var _ = socket;
            socket.NoDelay = true;
            var request = new byte[64 * 1024];

            // A generator sends its next request when it has its answer, in one piece.
            while (await socket.ReceiveAsync(request) > 0 && _delayMs() is var delay and not Break)
            {
                if (delay > 0)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(delay), TimeProvider.System);
                }

                for (var sent = 0; sent < _answer.Length; sent += _piece)
                {
                    await socket.SendAsync(_answer.AsMemory(sent, Math.Min(_piece, _answer.Length - sent)));
                }
            }
        }
    }
}
