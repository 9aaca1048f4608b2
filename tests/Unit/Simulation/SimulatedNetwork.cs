namespace DataProcessor.Unit.Simulation;

/// <summary>
/// The way from a process to the service and back. The service works in a process of its own: a caller that dies or gives up
/// on the way does not undo its call.
/// </summary>
internal sealed class SimulatedNetwork(HttpMessageHandler inner, SimulatedProcess service, SimulatedWorld world)
    : DelegatingHandler(inner)
{
    private const int MostLatencyMs = 15;
    private const string Registration = "Kinesis_20131202.RegisterStreamConsumer";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await CopyBodyAsync(request, cancellationToken);
        await world.PassUpTo(MostLatencyMs, cancellationToken);
        var answer = service.Do(() => base.SendAsync(request, CancellationToken.None));
        var response = await answer.WaitAsync(cancellationToken);
        if (!response.IsSuccessStatusCode && request.Headers.GetValues("X-Amz-Target").Single() == Registration)
        {
            world.Totals[Seen.ConsumersRefused]++;
        }

        if (response.Content is StreamContent events)
        {
            var body = new RemoteStream(await events.ReadAsStreamAsync(cancellationToken), service);
            response.Content = new StreamContent(body) { Headers = { ContentType = events.Headers.ContentType } };
        }

        await world.PassUpTo(MostLatencyMs, cancellationToken);
        return response;
    }

    /// <summary>The caller's buffer is the caller's again when it gives up.</summary>
    private static async Task CopyBodyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var content = request.Content!;
        request.Content = new ByteArrayContent(await content.ReadAsByteArrayAsync(cancellationToken))
        {
            Headers = { ContentType = content.Headers.ContentType },
        };
    }

    /// <summary>What the service sends is read there, into a buffer of its own.</summary>
    private sealed class RemoteStream(Stream inner, SimulatedProcess service) : MemoryStream
    {
        private byte[] _received = [];
        private int _count;
        private int _taken;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_taken == _count)
            {
                var room = new byte[Math.Max(buffer.Length, 4096)];
                _taken = 0;
                _count = await service.Do(() => inner.ReadAsync(room, cancellationToken).AsTask());
                _received = room;
            }

            var count = Math.Min(buffer.Length, _count - _taken);
            _received.AsMemory(_taken, count).CopyTo(buffer);
            _taken += count;
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            service.Post(_ => inner.Dispose(), null);
            base.Dispose(disposing);
        }
    }
}
