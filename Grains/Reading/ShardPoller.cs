using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Leases;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Grains.Reading;

/// <summary>Reads the pages of one shard by GetRecords, at the pace that the service allows.</summary>
/// <param name="parts">Of the reader.</param>
/// <param name="position">Where to read.</param>
/// <param name="progress">Told of failures, successes and the distance to the tip.</param>
/// <param name="share">Holds the page.</param>
/// <param name="minInterval">Shortest time from one call to the next.</param>
internal sealed partial class ShardPoller(
    ShardReaderParts parts, ReadPosition position, ReaderProgress progress, PageShare share, TimeSpan minInterval) : IShardPages
{
    /// <summary>The service's limit of an answer.</summary>
    private const int MaxPageBytes = 10 * 1024 * 1024;

    /// <summary>What a shard takes, so what it has more a second after it was read to its tip.</summary>
    private const int ShardBytesPerSecond = 1024 * 1024;

    private const string ExpiredIterator = "ExpiredIteratorException";

    private readonly KinesisClient _client = parts.Client;
    private readonly string _stream = parts.Stream.Name;
    private readonly string _shard = parts.Shard.Id;
    private readonly TimeProvider _time = parts.Time;
    private readonly ShardInstruments _instruments = parts.Instruments;
    private readonly ILogger _logger = parts.Logger;
    private readonly int _maxRecords = parts.Options.MaxRecordsPerRead;
    private readonly PollPace _pace = new(
        minInterval, minInterval > parts.Options.IdlePollInterval ? minInterval : parts.Options.IdlePollInterval, parts.Time);
    private readonly BackOff _backOff = new(parts.Options.RetryBackOff, parts.Options.MaxRetryBackOff, parts.Random);
    private string? _iterator;
    private long? _atTipSince;

    public bool HasLostPosition => position.IsLost;

    public TimeSpan? SinceLastSubscribe => null;

    public void Seek(Checkpoint checkpoint)
    {
        position.Seek(checkpoint);
        ForgetIterator();
    }

    /// <summary>The position has moved without this poller.</summary>
    public void ForgetIterator()
    {
        _iterator = null;
        _atTipSince = null;
    }

    public async ValueTask<ShardPage> NextAsync(CancellationToken stop)
    {
        while (true)
        {
            share.Return();
            await Task.Delay(_pace.Delay, _time, stop);
            await share.TakeAsync(MaxExpectedBytes(), stop);
            _pace.OnCall();
            var called = _time.GetTimestamp();
            try
            {
                _iterator ??= await GetIteratorAsync(stop);
                var page = await _client.GetRecordsAsync(_iterator, _maxRecords, stop);
                _instruments.OnPage(_time.GetElapsedTime(called), page.MillisBehindLatest);
                Advance(page, called);
                return new(page.Records, page.MillisBehindLatest, page.NextShardIterator is null, page.ChildShards);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                throw;
            }
            catch (KinesisException exception) when (exception.ErrorCode == ExpiredIterator)
            {
                _iterator = null;
                LogIteratorExpired(_logger, _stream, _shard, position.Start);
            }
            catch (Exception exception)
            {
                _instruments.OnPollFailed(
                    _time.GetElapsedTime(called), (exception as KinesisException)?.ErrorCode ?? exception.GetType().Name);
                await WaitOutAsync(exception, stop);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        share.Return();
        return ValueTask.CompletedTask;
    }

    /// <summary>The size of an answer is not known before it is there; an idle shard's is not to reserve 10 MiB.</summary>
    private int MaxExpectedBytes() => _atTipSince is { } since
        ? (int)Math.Min(MaxPageBytes, _time.GetElapsedTime(since).TotalSeconds * ShardBytesPerSecond)
        : MaxPageBytes;

    private async ValueTask<string> GetIteratorAsync(CancellationToken stop)
    {
        try
        {
            var iterator = await _client.GetShardIteratorAsync(_stream, _shard, position.Start, stop);
            position.OnTaken();
            return iterator;
        }
        catch (KinesisException exception) when (position.OnRefused(exception))
        {
            return await _client.GetShardIteratorAsync(_stream, _shard, position.Start, stop);
        }
    }

    private void Advance(GetRecordsPage page, long called)
    {
        share.Correct(page.Records.Sum(record => record.Data.Length));
        _iterator = page.NextShardIterator;
        _atTipSince = page.MillisBehindLatest == 0 ? called : null;
        _pace.OnPage(page.Records.Length, page.MillisBehindLatest);
        progress.MillisBehindLatest = page.MillisBehindLatest;
        progress.OnSuccess();
        if (_backOff.Reset() is > 0 and var failures)
        {
            LogReadRecovered(_logger, _stream, _shard, failures);
        }

        position.Advance(page.Records, page.Records.Length > 0 ? page.Records[^1].SequenceNumber : null);
    }

    private async ValueTask WaitOutAsync(Exception exception, CancellationToken stop)
    {
        progress.OnFailure(exception);
        var delay = _backOff.Next();
        if (_backOff.IsWorthLogging)
        {
            LogReadFailed(_logger, exception, _stream, _shard, _backOff.Failures, delay);
        }

        await Task.Delay(delay, _time, stop);
    }
}
