using System.Buffers;
using System.Threading.Channels;
using DataProcessor.Aws.Kinesis;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Producing;

/// <summary>
/// Puts the Kinesis records of all producers of a silo for one stream into PutRecords calls. A few calls are on their
/// way at a time; each takes along everything that is ready when it starts. A call is made once: every record gets its
/// own outcome, and its lane decides on another attempt. A lane offers one record at a time, so it is in one call at
/// most. With <see cref="Ordering.Strict"/> a call carries one record, since only PutRecord can be told the one before.
/// </summary>
internal sealed partial class Sender : IAsyncDisposable
{
    /// <summary>Bytes that may wait: 6 of the largest records, or 64 of 1 MiB.</summary>
    public const long MostWaitingBytes = 64 * 1024 * 1024;

    private readonly string _stream;
    private readonly PutRecords _put;
    private readonly PutRecord _putInOrder;
    private readonly ProducerOptions _options;
    private readonly TimeProvider _time;
    private readonly ProducerInstruments _instruments;
    private readonly ILogger _logger;
    private readonly Channel<Waiting> _waiting = Channel.CreateUnbounded<Waiting>();
    private readonly SemaphoreSlim _gathering = new(1);
    private readonly FailureStreak _failures;
    private readonly Task _calls;
    private long _waitingBytes;

    /// <param name="stream">Name of the stream.</param>
    /// <param name="put">PutRecords, tried once.</param>
    /// <param name="putInOrder">PutRecord, tried once.</param>
    /// <param name="options">Limits of a call, calls at a time.</param>
    /// <param name="time">The clock of the records' deadlines.</param>
    /// <param name="scheduler">Where the calls run: not on a grain's, whose turn would hold up everybody's calls.</param>
    /// <param name="instruments">Metrics.</param>
    /// <param name="logger">One line per failed call.</param>
    public Sender(
        string stream,
        PutRecords put,
        PutRecord putInOrder,
        ProducerOptions options,
        TimeProvider time,
        TaskScheduler scheduler,
        ProducerInstruments instruments,
        ILogger<Sender> logger)
    {
        _stream = stream;
        _put = put;
        _putInOrder = putInOrder;
        _options = options;
        _time = time;
        _instruments = instruments;
        _logger = logger;
        _failures = new(time);
        Departures = new(options, time);

        // The loops outlive the request that happens to start them: they must not carry its context along.
        using (ExecutionContext.SuppressFlow())
        {
            _calls = Task.WhenAll(Enumerable.Range(0, options.MaxConnections).Select(_ => Task.Factory.StartNew(
                RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler).Unwrap()));
        }
    }

    /// <summary>When the lanes of the stream's producers on this silo send.</summary>
    public Departures Departures { get; }

    private string Operation => _options.Ordering == Ordering.Strict ? "PutRecord" : "PutRecords";

    private int MostRecords => _options.Ordering == Ordering.Strict ? 1 : _options.CollectionMaxCount;

    /// <summary>Writes a record with the next call; <see cref="SendRecord"/>.</summary>
    public ValueTask<SendOutcome> SendAsync(KinesisSend record, CancellationToken cancellationToken)
    {
        var bytes = Interlocked.Add(ref _waitingBytes, record.Size);
        var waiting = new Waiting(record, cancellationToken);
        if ((bytes > MostWaitingBytes && bytes > record.Size) || !_waiting.Writer.TryWrite(waiting))
        {
            Interlocked.Add(ref _waitingBytes, -record.Size);
            return new(SendOutcome.NotSent("SenderFull", $"{bytes} bytes wait to be sent to {_stream}, or this silo stops."));
        }

        return new(waiting.Outcome);
    }

    /// <summary>Sends what waits and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _calls;
        _gathering.Dispose();
    }

    private async Task RunAsync()
    {
        var batch = new List<Waiting>();
        while (await GatherAsync(batch))
        {
            if (batch.Count > 0)
            {
                await CallAsync(batch);
                batch.Clear();
            }
        }
    }

    /// <summary>
    /// Waits for records and fills a call with them. One at a time: what is ready belongs into one call and not into
    /// several, and one record is not to wake them all.
    /// </summary>
    /// <returns>False when there will be none any more.</returns>
    private async Task<bool> GatherAsync(List<Waiting> batch)
    {
        await _gathering.WaitAsync();
        try
        {
            if (!await _waiting.Reader.WaitToReadAsync())
            {
                return false;
            }

            var isFull = _waiting.Reader.Count >= MostRecords || Interlocked.Read(ref _waitingBytes) >= _options.CollectionMaxSize;
            if (!isFull && _waiting.Reader.TryPeek(out var first) && first.Record.HasCompany
                && Departures.Gathering is { TotalMilliseconds: >= 1 } moment)
            {
                await Task.Delay(moment, _time);
            }

            TakeReady(batch);
            return true;
        }
        finally
        {
            _gathering.Release();
        }
    }

    /// <summary>Takes what is ready, up to a call's limits; what may not be sent any more is answered at once.</summary>
    private void TakeReady(List<Waiting> batch)
    {
        var now = _time.Monotonic();
        var size = 0;
        while (batch.Count < MostRecords && _waiting.Reader.TryPeek(out var next))
        {
            var exceeds = size + next.Record.Size > _options.CollectionMaxSize;
            if (batch.Count > 0 && (exceeds || next.Record.GoesAlone || batch[0].Record.GoesAlone))
            {
                return;
            }

            _waiting.Reader.TryRead(out _);
            Interlocked.Add(ref _waitingBytes, -next.Record.Size);
            if (next.Record.Deadline <= now || next.IsCancelled)
            {
                next.Settle(SendOutcome.NotSent("Expired", "Its deadline passed before a call was free."));
                continue;
            }

            size += next.Record.Size;
            batch.Add(next);
        }
    }

    private async Task CallAsync(List<Waiting> batch)
    {
        var began = _time.GetTimestamp();
        string? error = null;
        try
        {
            await (_options.Ordering == Ordering.Strict ? PutInOrderAsync(batch[0]) : PutAsync(batch));
            if (_failures.OnSuccess(out var ended))
            {
                LogCallsWork(_logger, _stream, ended.Failures, ended.Lasted);
            }
        }
        catch (KinesisException e)
        {
            error = e.ErrorCode;
            if (_failures.OnFailure() is > 0 and var failures)
            {
                LogCallFailed(_logger, _stream, batch.Count, e.ErrorCode, e.StatusCode, e.Message, failures);
            }

            SettleAll(batch, SendOutcome.Of(e, batch.Count));
        }
        catch (Exception e)
        {
            // Whatever it is, producers wait for these records, and the next call may do better.
            error = e.GetType().Name;
            if (_failures.OnFailure() is > 0 and var failures)
            {
                LogCallBroke(_logger, e, _stream, batch.Count, failures);
            }

            SettleAll(batch, SendOutcome.Unknown(error, e.Message));
        }

        var records = batch.Sum(waiting => waiting.Record.Records);
        _instruments.OnCall(_stream, Operation, batch.Count, records, _time.GetElapsedTime(began), error);
    }

    private async Task PutAsync(List<Waiting> batch)
    {
        var entries = ArrayPool<PutRecordsEntry>.Shared.Rent(batch.Count);
        try
        {
            for (var i = 0; i < batch.Count; i++)
            {
                entries[i] = batch[i].Record.Entry;
            }

            var results = await _put(_stream, entries.AsMemory(0, batch.Count), CancellationToken.None);
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Settle(i < results.Length
                    ? SendOutcome.Of(results[i])
                    : SendOutcome.Unknown("InvalidResponse", $"The answer has {results.Length} results for {batch.Count} records."));
            }
        }
        finally
        {
            ArrayPool<PutRecordsEntry>.Shared.Return(entries, clearArray: true);
        }
    }

    private async Task PutInOrderAsync(Waiting waiting)
    {
        var record = waiting.Record;
        var result = await _putInOrder(_stream, record.Entry, record.After?.Value, CancellationToken.None);
        waiting.Settle(SendOutcome.Stored(result.ShardId, result.SequenceNumber));
    }

    private static void SettleAll(List<Waiting> batch, SendOutcome outcome)
    {
        foreach (var waiting in batch)
        {
            waiting.Settle(outcome);
        }
    }

    /// <summary>A record and its producer, which resumes on its own scheduler.</summary>
    private sealed class Waiting(KinesisSend record, CancellationToken cancellationToken)
    {
        private readonly TaskCompletionSource<SendOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public KinesisSend Record => record;

        public bool IsCancelled => cancellationToken.IsCancellationRequested;

        public Task<SendOutcome> Outcome => _outcome.Task;

        public void Settle(in SendOutcome outcome) => _outcome.TrySetResult(outcome);
    }
}
