using System.Buffers;
using System.IO.Pipelines;
using DataProcessor.Gateway.Answering;
using DataProcessor.Gateway.Putting;
using DataProcessor.Gateway.Reading;

namespace DataProcessor.Gateway.Streaming;

/// <summary>
/// A body of any length, read a window at a time: the whole lines that have arrived, up to a limit. Nothing is read while a
/// window is worked on, so TCP holds up a client that is faster than the shards. A window's bytes are taken from the budget
/// of the gateway; between windows at most <see cref="BaseBytes"/> stay taken.
/// </summary>
internal sealed class BodyLines(PipeReader body, LineLimits limits, ByteBudget budget, TimeProvider time) : IDisposable
{
    public const int BaseBytes = 64 * 1024;

    private const int LeastBytes = 4 * 1024;

    private byte[] _buffer = [];
    private int _capacity;

    // The buffer holds, in this order: what is consumed, whole lines, the beginning of the next line, room.
    private int _start;
    private int _linesEnd;
    private int _end;

    private long _bodyBytes;
    private bool _isOver;
    private bool _isBroken;

    /// <summary>There was no room for what has arrived.</summary>
    private bool _isHeldBack;

    /// <summary>Why a line was passed over, or why there will be no more.</summary>
    public Problem? Problem { get; private set; }

    /// <summary>Whole lines; only the last one of the body may lack its end.</summary>
    public ReadOnlySpan<byte> Lines => _buffer.AsSpan(_start, _linesEnd - _start);

    /// <summary>The first <paramref name="bytes"/> of <see cref="Lines"/> are done with.</summary>
    public void Consume(int bytes) => _start += bytes;

    /// <summary>
    /// Waits for lines and takes those that are there, without waiting for more unless the body is to come in one window.
    /// </summary>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    public async ValueTask<LineRead> NextAsync(CancellationToken cancellation)
    {
        if (HasLines || _isBroken)
        {
            return HasLines ? LineRead.Lines : LineRead.Broken;
        }

        Shrink();
        try
        {
            while (!_isOver && !(HasLines && IsFull))
            {
                ReadResult read;
                if (!HasLines || limits.IsOneWindow)
                {
                    read = await body.ReadAsync(cancellation);
                }
                else if (!body.TryRead(out read))
                {
                    break;
                }

                if (await TakeAsync(read, cancellation) is { } ended)
                {
                    return ended;
                }
            }
        }
        catch (Exception failure) when (BodyEncoding.ProblemOf(failure) is { } problem)
        {
            return Break(problem);
        }

        // The last line may lack its end.
        _linesEnd = _isOver ? _end : _linesEnd;
        return HasLines ? LineRead.Lines : LineRead.End;
    }

    public void Dispose()
    {
        budget.Release(_capacity);
        Resize(0);
    }

    private bool HasLines => _linesEnd > _start;

    private bool IsFull => _end >= limits.MaxWindowBytes || _isHeldBack;

    /// <summary>Takes what was read, as far as there is room. Null when the reading may go on.</summary>
    private async ValueTask<LineRead?> TakeAsync(ReadResult read, CancellationToken cancellation)
    {
        if (read.IsCanceled)
        {
            body.AdvanceTo(read.Buffer.Start);
            return Break(Problem.StoppingInBody);
        }

        if (!TryMakeRoom(read.Buffer.Length) && !HasLines)
        {
            var isRefused = _capacity == 0;
            if (isRefused || !await WaitForRoomAsync(read.Buffer.Length, cancellation))
            {
                body.AdvanceTo(read.Buffer.Start);
                return isRefused ? Break(Problem.BuffersFull) : await SkipAsync(Problem.LineNotHeld, cancellation);
            }
        }

        TakeIn(read);
        return _bodyBytes > limits.MaxBodyBytes ? Break(Problem.BodyTooLong(limits.MaxBodyBytes))
            : !HasLines && _end > limits.MaxLineBytes ? await SkipAsync(Problem.LineTooLong(limits.MaxLineBytes), cancellation)
            : null;
    }

    private void TakeIn(in ReadResult read)
    {
        var taken = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, _capacity - _end));
        var length = (int)taken.Length;
        taken.CopyTo(_buffer.AsSpan(_end));
        var lastEnd = _buffer.AsSpan(_end, length).LastIndexOf((byte)'\n');
        _linesEnd = lastEnd < 0 ? _linesEnd : _end + lastEnd + 1;
        _end += length;
        _bodyBytes += length;
        _isOver = read.IsCompleted && length == read.Buffer.Length;
        body.AdvanceTo(taken.End);
    }

    /// <summary>Ends the reading; whole lines that are there come first.</summary>
    private LineRead Break(Problem problem)
    {
        (Problem, _isOver, _isBroken, _end) = (problem, true, true, _linesEnd);
        return HasLines ? LineRead.Lines : LineRead.Broken;
    }

    /// <summary>Passes over the line whose beginning is in the buffer.</summary>
    private async ValueTask<LineRead> SkipAsync(Problem problem, CancellationToken cancellation)
    {
        (_start, _linesEnd, _end) = (0, 0, 0);
        while (!_isOver)
        {
            var read = await body.ReadAsync(cancellation);
            var lineEnd = read.Buffer.PositionOf((byte)'\n');
            var skipped = lineEnd is { } at ? read.Buffer.Slice(0, read.Buffer.GetPosition(1, at)) : read.Buffer;
            _bodyBytes += skipped.Length;
            body.AdvanceTo(skipped.End);
            if (read.IsCanceled || _bodyBytes > limits.MaxBodyBytes)
            {
                return Break(read.IsCanceled ? Problem.StoppingInBody : Problem.BodyTooLong(limits.MaxBodyBytes));
            }

            if (lineEnd is not null)
            {
                break;
            }

            _isOver = read.IsCompleted;
        }

        Problem = problem;
        return LineRead.Skipped;
    }

    /// <summary>Room for as much as possible of what is there; false when there is none at all.</summary>
    private bool TryMakeRoom(long bytes)
    {
        // A window ends at its most; only a line that is longer goes on.
        var most = _end < limits.MaxWindowBytes || HasLines ? limits.MaxWindowBytes : limits.MaxLineBytes + 1;
        var wanted = (int)Math.Min(most, Math.Max(Math.Max(LeastBytes, 2 * _capacity), _end + bytes));
        if (_end + bytes > _capacity && wanted > _capacity && budget.TryTake(wanted - _capacity))
        {
            Resize(wanted);
        }

        _isHeldBack = _end == _capacity && bytes > 0;
        return !_isHeldBack;
    }

    private async ValueTask<bool> WaitForRoomAsync(long bytes, CancellationToken cancellation)
    {
        var patience = new Deadline(time, limits.Patience);
        var backOff = new BackOff();
        while (!TryMakeRoom(bytes))
        {
            if (patience.IsOver)
            {
                return false;
            }

            await Task.Delay(backOff.Next(), time, cancellation);
        }

        return true;
    }

    /// <summary>Keeps the beginning of the next line, and gives back what it does not need.</summary>
    private void Shrink()
    {
        var kept = _end - _start;
        _buffer.AsSpan(_start, kept).CopyTo(_buffer);
        (_start, _linesEnd, _end) = (0, 0, kept);
        var enough = Math.Max(BaseBytes, kept);
        if (_capacity > enough)
        {
            budget.Release(_capacity - enough);
            Resize(enough);
        }
    }

    private void Resize(int capacity)
    {
        var resized = capacity == 0 ? [] : ArrayPool<byte>.Shared.Rent(capacity);
        _buffer.AsSpan(0, Math.Min(_end, capacity)).CopyTo(resized);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        (_buffer, _capacity) = (resized, capacity);
    }
}
