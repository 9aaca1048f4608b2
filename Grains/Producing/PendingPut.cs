namespace DataProcessor.Grains.Producing;

/// <summary>A put that was taken: its records until they are settled, then its answer.</summary>
internal sealed class PendingPut(PutRequest request, TimeSpan dueAt, TimeSpan deadline)
{
    private List<PutRun> _runs = [];
    private TaskCompletionSource<PutResponse>? _waiter;
    private TaskCompletionSource? _fetched;
    private bool _isFetched;
    private int _unsettled = request.Count;

    public PutId Id { get; } = request.Id;

    public PutContent Content { get; } = PutContent.Of(request);

    /// <summary>Bytes of the buffer that it holds until it is settled.</summary>
    public int Size => Frames.Length + PutBuffer.BytesAPut;

    /// <summary>The records; empty once all are settled.</summary>
    public byte[] Frames { get; private set; } = request.Frames;

    /// <summary>When the records should go even if others keep coming.</summary>
    public TimeSpan DueAt { get; } = dueAt;

    /// <summary>After this nothing of the put is sent.</summary>
    public TimeSpan Deadline { get; } = deadline;

    public PutResponse? Response { get; private set; }

    /// <summary>When the last record was settled.</summary>
    public TimeSpan SettledAt { get; private set; }

    /// <summary>Settled, and surely none of it is in the stream: it may be put again.</summary>
    public bool IsUnwritten => Response is { } response && Array.TrueForAll(
        response.Runs,
        run => run.Outcome == PutOutcome.NotWritten || run is { Outcome: PutOutcome.Moved, Attempts: 0 });

    /// <summary>Records the outcome of some records; true when it was the last one.</summary>
    public bool Settle(in PutRun run, TimeSpan now)
    {
        if (_runs.Count == 0 || !TryJoin(_runs[^1], run, out var joined))
        {
            _runs.Add(run);
        }
        else
        {
            _runs[^1] = joined;
        }

        _unsettled -= run.Count;
        if (_unsettled > 0)
        {
            return false;
        }

        // Lanes settle independently of each other.
        _runs.Sort(static (left, right) => left.First.CompareTo(right.First));
        Response = PutResponse.Settled([.. _runs]);
        _isFetched = _waiter?.TrySetResult(Response) == true;

        // Of a settled put only the answer is remembered.
        (_runs, _waiter, Frames, SettledAt) = ([], null, [], now);
        return true;
    }

    /// <summary>The answer, as soon as there is one. A second caller joins the one that waits already.</summary>
    /// <param name="waiter">To be answered Pending in time; null when it exists already.</param>
    public Task<PutResponse> WhenSettled(out TaskCompletionSource<PutResponse>? waiter)
    {
        waiter = null;
        if (Response is not null)
        {
            _isFetched = true;
            _fetched?.TrySetResult();
            return Task.FromResult(Response);
        }

        if (_waiter is { Task.IsCompleted: false })
        {
            return _waiter.Task;
        }

        waiter = _waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return waiter.Task;
    }

    /// <summary>Completes when the answer of a settled put was handed to a caller.</summary>
    public Task WhenFetched()
    {
        if (_isFetched)
        {
            return Task.CompletedTask;
        }

        _fetched ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
        return _fetched.Task;
    }

    private static bool TryJoin(in PutRun left, in PutRun right, out PutRun joined)
    {
        joined = left with { Count = left.Count + right.Count };
        return right == left with
        {
            First = left.First + left.Count,
            Count = right.Count,
            SubSequenceNumber = left.Outcome == PutOutcome.Stored ? left.SubSequenceNumber + left.Count : 0,
        };
    }
}
