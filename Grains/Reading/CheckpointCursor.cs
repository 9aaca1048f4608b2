using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Storage;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Reading;

/// <summary>
/// Remembers how far a shard is handled, and writes it to the lease: at intervals while there is progress, never when
/// idle. A write that is refused means that another reader has the lease; from then on it writes nothing. A store
/// that fails is tried again at the next interval: it costs records coming twice, not records.
/// </summary>
internal sealed partial class CheckpointCursor(
    LeaseTable leases,
    ReaderOptions options,
    ReaderProgress progress,
    TimeProvider time,
    ShardInstruments instruments,
    ILogger logger)
{
    private Lease? _lease;
    private StreamPosition? _written;
    private long _lastAttempt;

    /// <summary>The last user record handled; null if none was ever.</summary>
    public StreamPosition? Position => progress.Position;

    public bool IsLeaseLost { get; private set; }

    private bool HasProgress => Position is not null && Position != _written;

    /// <summary>Begins at the checkpoint of a lease that was just taken.</summary>
    public void Begin(Lease lease)
    {
        _lease = lease;
        _lastAttempt = time.GetTimestamp();
        _written = lease.Checkpoint.Kind == CheckpointKind.Position ? lease.Checkpoint.Position : null;
        progress.Position = progress.Checkpoint = _written;
    }

    /// <summary>Everything up to the position is handled.</summary>
    public void Advance(StreamPosition position) => progress.Position = position;

    /// <summary>Writes the position if there is progress and the interval has passed.</summary>
    public ValueTask WriteIfDueAsync(CancellationToken cancellationToken) =>
        HasProgress && time.GetElapsedTime(_lastAttempt) >= options.CheckpointInterval
            ? WriteAsync(cancellationToken)
            : ValueTask.CompletedTask;

    /// <summary>Writes the position, if there is progress, and gives the lease back.</summary>
    public async ValueTask ReleaseAsync(CancellationToken cancellationToken)
    {
        if (HasProgress)
        {
            await WriteAsync(cancellationToken);
        }

        await TryAsync(leases.ReleaseAsync, cancellationToken);
    }

    /// <summary>Writes that the shard is processed to its end, after the leases of its children, as KCL does.</summary>
    /// <param name="children">The shards that came after it; empty if they are not known.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>False if it could not be written; see <see cref="IsLeaseLost"/>.</returns>
    public ValueTask<bool> TryCompleteAsync(IReadOnlyCollection<Shard> children, CancellationToken cancellationToken) =>
        TryAsync((lease, token) => leases.CompleteAsync(lease, children, token), cancellationToken);

    /// <summary>Reads whether the lease is still this reader's; see <see cref="IsLeaseLost"/>.</summary>
    /// <exception cref="StoreException">The store failed: it is not known.</exception>
    public async ValueTask ConfirmLeaseAsync(CancellationToken cancellationToken)
    {
        var current = await leases.FindAsync(_lease!.Stream, _lease.ShardId, cancellationToken);

        // The name is this one reader's. The counter may be ahead by a write whose answer was lost. A row that is gone comes
        // back with the next write.
        if (current is not null && current.Owner != _lease.Owner)
        {
            OnLeaseLost(current);
        }
    }

    private async ValueTask WriteAsync(CancellationToken cancellationToken)
    {
        var position = Position!.Value;
        if (await TryAsync(
            (lease, token) => leases.CheckpointAsync(lease, Checkpoint.At(position), token), cancellationToken))
        {
            _written = progress.Checkpoint = position;
        }
    }

    private async ValueTask<bool> TryAsync(
        Func<Lease, CancellationToken, ValueTask<LeaseWrite>> write, CancellationToken cancellationToken)
    {
        if (IsLeaseLost)
        {
            return false;
        }

        _lastAttempt = time.GetTimestamp();
        try
        {
            var (succeeded, lease, isRestored) = await write(_lease!, cancellationToken);
            instruments.OnCheckpoint(succeeded ? "written" : "refused");
            if (succeeded)
            {
                if (isRestored)
                {
                    LogRestored(logger, _lease!.Key, Position);
                }

                _lease = lease;
                return true;
            }

            OnLeaseLost(lease);
        }
        catch (Exception exception) when (exception is StoreException or OperationCanceledException)
        {
            // Whether it was written is not known; the lease table recognises its own write next time.
            instruments.OnCheckpoint("failed");
            LogWriteFailed(logger, exception, _lease!.Key, Position);
        }

        return false;
    }

    private void OnLeaseLost(Lease? current)
    {
        IsLeaseLost = true;
        LogLeaseLost(logger, _lease!.Key, current?.Owner ?? "nobody", current?.Checkpoint.ToString() ?? "none");
    }
}
