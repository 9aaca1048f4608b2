using System.Buffers;

namespace DataProcessor.Aws.Local.Storage;

/// <summary>Entries that one write brings to the segment, from any number of requests.</summary>
internal sealed class CommitBatch(CommitBatch? previous)
{
    // Followers go on elsewhere: the leader has its own answer to send.
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _buffer = [];
    private int _length;

    /// <summary>The batch before; it must be written first.</summary>
    public CommitBatch? Previous { get; private set; } = previous;

    /// <summary>Completes when the operating system has the entries; faults if it refused them.</summary>
    public Task Written => _written.Task;

    public bool HasLeader { get; set; }

    /// <summary>Whether an entry took the number of a <see cref="SequenceGap"/>.</summary>
    public bool FillsGap { get; set; }

    public ReadOnlySpan<byte> Entries => _buffer.AsSpan(0, _length);

    /// <summary>Room for an entry, to be filled at once.</summary>
    public Span<byte> Extend(int length)
    {
        var needed = checked(_length + length);
        if (needed > _buffer.Length)
        {
            var grown = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _buffer.Length)));
            Entries.CopyTo(grown);
            ReturnBuffer();
            _buffer = grown;
        }

        var room = _buffer.AsSpan(_length, length);
        _length = needed;
        return room;
    }

    public void Finish(Exception? failure)
    {
        ReturnBuffer();
        _length = 0;
        Previous = null;
        if (failure is null)
        {
            _written.SetResult();
            return;
        }

        _written.SetException(failure);
        _ = _written.Task.Exception; // Observed: a batch may have no followers.
    }

    private void ReturnBuffer()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }
}

/// <summary>A request's part in a batch. <paramref name="Leads"/>: it is the one that writes.</summary>
internal readonly record struct CommitTicket(CommitBatch? Batch, bool Leads);
