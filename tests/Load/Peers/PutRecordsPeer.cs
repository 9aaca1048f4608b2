using System.Globalization;
using DataProcessor.Aws.Kinesis;

namespace DataProcessor.Load.Peers;

/// <summary>A producer without aggregation: PutRecords, signed, a number of calls in flight. What is refused it does not repeat.</summary>
internal sealed class PutRecordsPeer
{
    /// <summary>Bytes of a PutRecords call that the service takes, with a reserve for the keys.</summary>
    private const int MaxCallBytes = 4 * 1024 * 1024;

    private readonly PeerOptions _options;
    private readonly PeerRun _run;
    private readonly KinesisClient _client;
    private readonly string[] _keys;
    private readonly byte[] _data;
    private readonly int _batch;
    private long _begun;
    private long _next;

    private PutRecordsPeer(PeerOptions options, PeerRun run, KinesisClient client)
    {
        _options = options;
        _run = run;
        _client = client;
        _keys = [.. Enumerable.Range(0, options.Keys).Select(i => $"key-{i.ToString(CultureInfo.InvariantCulture)}")];
        _data = new byte[options.RecordSize];
        new Random(1).NextBytes(_data);
        _batch = Math.Max(1, Math.Min(options.Batch, MaxCallBytes / options.RecordSize));
    }

    public static async Task RunAsync(PeerOptions options, PeerRun run)
    {
        using var client = PeerKinesis.Connect(options);
        await client.DescribeStreamSummaryAsync(options.Stream, run.End);
        var peer = new PutRecordsPeer(options, run, client);
        await run.ReportReadyAsync();
        peer._begun = run.Time.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, options.Calls).Select(_ => peer.PutUntilEndAsync()));
    }

    private async Task PutUntilEndAsync()
    {
        var entries = new PutRecordsEntry[_batch];
        try
        {
            while (!_run.End.IsCancellationRequested)
            {
                var first = Interlocked.Add(ref _next, _batch) - _batch;
                if (first >= _options.Records)
                {
                    return;
                }

                await WaitUntilDueAsync(first);
                for (var i = 0; i < entries.Length; i++)
                {
                    entries[i] = new(_keys[(first + i) % _keys.Length], ExplicitHashKey: null, _data);
                }

                await PutAsync(entries);
            }
        }
        catch (OperationCanceledException) when (_run.End.IsCancellationRequested)
        {
        }
    }

    /// <summary>A batch is due when its first record is, by the rate alone: a slow answer does not put off the next ones.</summary>
    private async ValueTask WaitUntilDueAsync(long first)
    {
        if (_options.Rate is { } rate
            && TimeSpan.FromSeconds(first / rate) - _run.Time.GetElapsedTime(_begun) is var early
            && early > TimeSpan.Zero)
        {
            await Task.Delay(early, _run.Time, _run.End);
        }
    }

    private async ValueTask PutAsync(PutRecordsEntry[] entries)
    {
        try
        {
            // Not cancelled at the end: what is on its way is counted.
            var results = await _client.PutRecordsAsync(_options.Stream, entries, CancellationToken.None);
            var stored = results.Count(result => result.IsStored);
            _run.OnFailed(results.Length - stored);
            _run.OnCall(stored, (long)stored * _data.Length, stored);
        }
        catch (KinesisException)
        {
            _run.OnFailed(entries.Length);
        }
    }
}
