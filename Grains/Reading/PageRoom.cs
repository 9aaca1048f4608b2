using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;

namespace DataProcessor.Grains.Reading;

/// <summary>
/// The memory that the pages of all readers of a silo may take together: what processors that stand still cost, however
/// many shards they are. First come, first served; a reader has one page, so one shard never has much of it.
/// </summary>
internal sealed class PageRoom
{
    /// <summary>
    /// A page of at most this size does not wait, so that shards with little traffic go on while stuck ones hold all the room.
    /// It goes beyond the bound by this much per shard.
    /// </summary>
    public const int SmallPageBytes = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiting = [];
    private readonly long _capacity;
    private long _taken;

    public PageRoom(IOptions<ReaderOptions> options, IMeterFactory meters)
    {
        _capacity = options.Value.PageBytes;
        var meter = meters.Create(ReaderInstruments.MeterName);
        meter.CreateObservableUpDownCounter(
            "dataprocessor.reader.pages.size", () => Taken, "By", "Memory that the readers' pages take.");
        meter.CreateObservableUpDownCounter(
            "dataprocessor.reader.pages.waiting", () => Waiting, "{shard}", "Readers that wait for memory before they read on.");
    }

    /// <summary>Bytes that are taken.</summary>
    public long Taken
    {
        get
        {
            lock (_lock)
            {
                return _taken;
            }
        }
    }

    /// <summary>How many readers wait for room.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Waits until there is room, and takes it. A page larger than all the room goes alone.</summary>
    /// <exception cref="OperationCanceledException">Nothing was taken.</exception>
    public async ValueTask TakeAsync(int bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<Waiter> place;
        lock (_lock)
        {
            if (bytes <= SmallPageBytes || (_waiting.Count == 0 && HasRoomFor(bytes)))
            {
                _taken += bytes;
                return;
            }

            place = _waiting.AddLast(new Waiter(bytes));
        }

        using var registration = cancellationToken.UnsafeRegister(_ => GiveUp(place, cancellationToken), null);
        await place.Value.Admitted.Task;
    }

    /// <summary>Gives room back, or takes more than was known beforehand if negative; that is not waited for.</summary>
    public void Return(int bytes)
    {
        lock (_lock)
        {
            _taken -= bytes;
            AdmitWaiting();
        }
    }

    private bool HasRoomFor(int bytes) => _taken == 0 || _taken + bytes <= _capacity;

    private void AdmitWaiting()
    {
        while (_waiting.First is { } first && HasRoomFor(first.Value.Bytes))
        {
            _waiting.RemoveFirst();
            _taken += first.Value.Bytes;
            first.Value.Admitted.SetResult();
        }
    }

    private void GiveUp(LinkedListNode<Waiter> place, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (place.List is null)
            {
                return; // Admitted in this moment: the reader gives it back at its end.
            }

            _waiting.Remove(place);
            place.Value.Admitted.SetCanceled(cancellationToken);
            AdmitWaiting();
        }
    }

    private sealed record Waiter(int Bytes)
    {
        public TaskCompletionSource Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
