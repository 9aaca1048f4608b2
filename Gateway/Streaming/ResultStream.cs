using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using DataProcessor.Gateway.Answering;
using DataProcessor.Gateway.Reading;

namespace DataProcessor.Gateway.Streaming;

/// <summary>
/// The results of a stream of records, written while its body is still read. Many clients read nothing until they have
/// sent everything, so waiting for them to read would wait for ever. Hence:
/// <list type="number">
/// <item>What the client does not take is held, up to <see cref="GatewayOptions.MaxUnreadResultBytes"/>, and the body is
/// read on.</item>
/// <item>When that is full, the body is read no further as long as the client takes results.</item>
/// <item>When it has taken none for <see cref="GatewayOptions.BusyPatience"/>, or asked for it, results are only counted:
/// the last line is their <see cref="ResultSummary"/>.</item>
/// </list>
/// </summary>
internal sealed class ResultStream(
    PipeWriter body, GatewayOptions options, ByteBudget budget, TimeProvider time, CancellationToken cancellation)
{
    private readonly Lock _lock = new();
    private readonly Queue<HeldResults> _held = new();
    private long _heldBytes;
    private TaskCompletionSource _written = NewSignal();

    private Task _writing = Task.CompletedTask;
    private bool _isWriting;
    private ResultSummary? _summary;

    /// <summary>From now on results are only counted.</summary>
    [MemberNotNull(nameof(_summary))]
    public void Summarize() => _summary ??= new();

    /// <summary>Takes the results of a window.</summary>
    public async ValueTask AddAsync(IncomingRecords records, long firstId)
    {
        var next = 0;
        HeldResults? rest = null;
        while (next < records.Count)
        {
            if (_summary is not null)
            {
                _summary.Add(records, next, firstId);
                return;
            }

            if (!IsWriting())
            {
                (next, rest) = (WriteNow(records, next, firstId), null);
            }
            else if (TryHold(rest ??= new(records, next, firstId), out var written))
            {
                return;
            }
            else if (!await IsTakingAsync(written))
            {
                Summarize();
            }
        }
    }

    /// <summary>Writes all that is left; false when the client does not take it.</summary>
    /// <param name="end">Why the body was not read to its end; null when it was.</param>
    public async Task<bool> TryCompleteAsync(Problem? end)
    {
        while (IsWriting())
        {
            if (!await IsTakingAsync(NextWritten()))
            {
                return false;
            }
        }

        if (_summary is not null)
        {
            _summary.Write(body, end);
        }
        else if (end is not null)
        {
            WriteEnd(end);
        }

        return true;
    }

    /// <summary>Waits until nothing is written any more, however that ends: the response is about to go away.</summary>
    /// <param name="abort">Ends what waits for the client.</param>
    public async Task CloseAsync(Action abort)
    {
        if (IsWriting())
        {
            abort();
        }

        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        budget.Release(_heldBytes);
        _heldBytes = 0;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool IsWriting()
    {
        lock (_lock)
        {
            return _isWriting;
        }
    }

    private Task NextWritten()
    {
        lock (_lock)
        {
            return _written.Task;
        }
    }

    /// <summary>Whether the client takes something in time.</summary>
    private async ValueTask<bool> IsTakingAsync(Task written)
    {
        try
        {
            var first = await Task.WhenAny(written, _writing).WaitAsync(options.BusyPatience, time, cancellation);
            await first;
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Writes lines until the client takes no more at once; returns the first record that is not written.</summary>
    private int WriteNow(IncomingRecords records, int next, long firstId)
    {
        while (next < records.Count && !_isWriting)
        {
            next = ResultList.WriteLines(body, records, next, firstId);
            var flush = body.FlushAsync(cancellation);
            if (!flush.IsCompletedSuccessfully)
            {
                _isWriting = true;
                _writing = WriteHeldAsync(flush.AsTask());
            }
        }

        return next;
    }

    /// <summary>Writes what is held when the client goes on taking; until it ends nobody else writes.</summary>
    private async Task WriteHeldAsync(Task flush)
    {
        await flush;
        while (TryPeek(out var results))
        {
            while (!results.IsWritten)
            {
                results.WriteOn(body);
                await body.FlushAsync(cancellation);
                OnWritten(results);
            }
        }
    }

    private bool TryPeek([NotNullWhen(true)] out HeldResults? results)
    {
        lock (_lock)
        {
            _isWriting = _held.TryPeek(out results);
            return _isWriting;
        }
    }

    private void OnWritten(HeldResults results)
    {
        TaskCompletionSource written;
        lock (_lock)
        {
            if (results.IsWritten)
            {
                _held.Dequeue();
                _heldBytes -= results.Bytes;
                budget.Release(results.Bytes);
            }

            (written, _written) = (_written, NewSignal());
        }

        written.SetResult();
    }

    /// <summary>False when there is no room; <paramref name="written"/> ends when there may be.</summary>
    private bool TryHold(HeldResults results, out Task written)
    {
        lock (_lock)
        {
            written = _written.Task;
            if (!_isWriting
                || _heldBytes + results.Bytes > options.MaxUnreadResultBytes
                || !budget.TryTake(results.Bytes))
            {
                return false;
            }

            _held.Enqueue(results);
            _heldBytes += results.Bytes;
            return true;
        }
    }

    private void WriteEnd(Problem end)
    {
        var text = new ResultText(body);
        text.Write("{"u8);
        text.WriteError(end);
        text.Write("}\n"u8);
        text.Complete();
    }
}
