using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Leases;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Reading;

/// <summary>
/// Reads the pages of one shard by GetRecords, one after the other and in order, at the pace that the service allows.
/// It never gives up: every failure is waited out.
/// </summary>
internal sealed partial class ShardPoller(
    KinesisClient client,
    string streamName,
    string shardId,
    ReaderOptions options,
    ReaderProgress progress,
    TimeProvider time,
    Random random,
    ShardInstruments instruments,
    ILogger logger)
{
    private const string ExpiredIterator = "ExpiredIteratorException";
    private const string InvalidArgument = "InvalidArgumentException";

    private readonly PollPace _pace = new(options.MinPollInterval, options.IdlePollInterval, time);
    private readonly BackOff _backOff = new(options.RetryBackOff, options.MaxRetryBackOff, random);
    private ShardIteratorStart _start;
    private string? _iterator;

    /// <summary>The record that the first page has to begin with; none once it has come.</summary>
    private SequenceNumber _expected;

    /// <summary>Whether the position that the reader was to resume at is gone; it went on at the oldest record.</summary>
    public bool HasLostPosition { get; private set; }

    /// <summary>Sets where the next page begins: at the checkpointed record itself, which is to be recognised.</summary>
    public void Seek(Checkpoint checkpoint)
    {
        _iterator = null;
        HasLostPosition = false;
        _expected = checkpoint.Position.SequenceNumber;
        _start = checkpoint.Kind switch
        {
            CheckpointKind.Position => ShardIteratorStart.At(_expected.Value),
            CheckpointKind.Latest => ShardIteratorStart.Latest,

            // AT_TIMESTAMP's time is in KCL's configuration, not in the lease: the oldest record misses nothing.
            _ => ShardIteratorStart.TrimHorizon,
        };
    }

    /// <summary>Waits until a page may be read, and reads it. Its NextShardIterator is null at the shard's end.</summary>
    /// <exception cref="OperationCanceledException">The reader is to stop.</exception>
    public async ValueTask<GetRecordsPage> NextAsync(CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(_pace.Delay, time, stop);
            _pace.OnCall();
            var called = time.GetTimestamp();
            try
            {
                _iterator ??= await GetIteratorAsync(stop);
                var page = await client.GetRecordsAsync(_iterator, options.MaxRecordsPerRead, stop);
                instruments.OnPage(time.GetElapsedTime(called), page.MillisBehindLatest);
                Advance(page);
                return page;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                throw;
            }
            catch (KinesisException exception) when (exception.ErrorCode == ExpiredIterator)
            {
                _iterator = null;
                LogIteratorExpired(logger, streamName, shardId, _start);
            }
            catch (Exception exception)
            {
                instruments.OnPollFailed(
                    time.GetElapsedTime(called), (exception as KinesisException)?.ErrorCode ?? exception.GetType().Name);
                await WaitOutAsync(exception, stop);
            }
        }
    }

    private async ValueTask<string> GetIteratorAsync(CancellationToken stop)
    {
        try
        {
            var iterator = await client.GetShardIteratorAsync(streamName, shardId, _start, stop);
            if (_start == ShardIteratorStart.Latest)
            {
                // Should the iterator expire before a record comes, "latest" would then be later than it is now.
                _start = ShardIteratorStart.AtTime(time.GetUtcNow());
            }

            return iterator;
        }
        catch (KinesisException exception) when (exception.ErrorCode == InvalidArgument && _start.SequenceNumber is not null)
        {
            OnPositionLost(exception.Message);
            return await client.GetShardIteratorAsync(streamName, shardId, _start, stop);
        }
    }

    private void Advance(GetRecordsPage page)
    {
        _iterator = page.NextShardIterator;
        _pace.OnPage(page.Records.Length, page.MillisBehindLatest);
        progress.MillisBehindLatest = page.MillisBehindLatest;
        progress.OnSuccess();
        if (_backOff.Reset() is > 0 and var failures)
        {
            LogReadRecovered(logger, streamName, shardId, failures);
        }

        if (page.Records.Length == 0)
        {
            return;
        }

        // Some services begin at the oldest record instead of refusing a position that they no longer keep.
        if (!_expected.IsNone && _expected < new SequenceNumber(page.Records[0].SequenceNumber))
        {
            OnPositionLost($"The first record is {page.Records[0].SequenceNumber}.");
        }

        _expected = default;
        _start = ShardIteratorStart.After(page.Records[^1].SequenceNumber);
    }

    private void OnPositionLost(string reason)
    {
        LogPositionLost(logger, streamName, shardId, _start.SequenceNumber ?? "", reason);
        instruments.OnPositionLost();
        HasLostPosition = true;
        _expected = default;
        _start = ShardIteratorStart.TrimHorizon;
    }

    private async ValueTask WaitOutAsync(Exception exception, CancellationToken stop)
    {
        progress.OnFailure(exception);
        var delay = _backOff.Next();
        if (_backOff.IsWorthLogging)
        {
            LogReadFailed(logger, exception, streamName, shardId, _backOff.Failures, delay);
        }

        await Task.Delay(delay, time, stop);
    }
}
