using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Producing;

/// <summary>The silo's senders, one per stream; made when first asked for, disposed with the silo.</summary>
internal sealed class Senders(
    PutRecords put,
    PutRecord putInOrder,
    ProducerOptions options,
    TimeProvider time,
    TaskScheduler scheduler,
    ProducerInstruments instruments,
    ILogger<Sender> logger) : IAsyncDisposable
{
    /// <summary>Streams that a silo writes to at most; each costs a few parked tasks.</summary>
    public const int MostStreams = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Sender> _senders = [];
    private bool _isDisposed;

    /// <summary>What the producers of all streams hold.</summary>
    public SiloBuffer Buffer { get; } = new(options);

    /// <exception cref="InvalidOperationException">The silo writes to <see cref="MostStreams"/> other streams.</exception>
    public Sender For(string stream)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_senders.TryGetValue(stream, out var sender))
            {
                return sender;
            }

            if (_senders.Count >= MostStreams)
            {
                throw new InvalidOperationException($"This silo writes to {MostStreams} streams already; {stream} is one too many.");
            }

            return _senders[stream] = new(stream, put, putInOrder, options, time, scheduler, instruments, logger);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Sender[] senders;
        lock (_gate)
        {
            _isDisposed = true;
            senders = [.. _senders.Values];
        }

        await Task.WhenAll(senders.Select(sender => sender.DisposeAsync().AsTask()));
    }
}
