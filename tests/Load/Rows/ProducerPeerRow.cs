using System.Runtime.CompilerServices;
using DataProcessor.Load.Conducting;
using DataProcessor.Load.Processes;
using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Rows;

/// <summary>A peer puts records of its own making as fast as it can.</summary>
internal sealed class ProducerPeerRow(string name, string title, string? aggregate) : Row(name, $"{title} as the producer")
{
    private const int Shards = 16;
    private const int DataBytes = 200;
    private const double MicrosPerSecond = 1e6;

    public override async IAsyncEnumerable<Line> RunAsync(Effort effort, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stage = new Stage();
        var kinesis = await stage.StartKinesisAsync(Shards, enforceLimits: false, cancellationToken);
        var peer = await stage.StartPeerAsync(
            cancellationToken, Name, "--endpoint", kinesis.Endpoint.ToString(), "--stream", KinesisProcess.Stream, "--record-size", $"{DataBytes}");
        await Task.Delay(TimeSpan.FromSeconds(effort.WarmUpSeconds), TimeProvider.System, cancellationToken);
        var (before, usage, began) = (await kinesis.CountAsync(cancellationToken), peer.Usage(), TimeProvider.System.GetTimestamp());
        await Task.Delay(TimeSpan.FromSeconds(effort.Seconds), TimeProvider.System, cancellationToken);
        var (after, cpu) = (await kinesis.CountAsync(cancellationToken), (peer.Usage() - usage).CpuSeconds);
        var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        var sent = await peer.StopAsync(cancellationToken);

        // The server cannot look into aggregates: bytes say which part of all user records came in the interval.
        var all = await kinesis.CountAsync(cancellationToken);
        var interval = after - before;
        var records = (double)sent * interval.BytesStored / all.BytesStored;
        yield return new(Section.Bare, title, new(KeyMode.Distinct, "JSON", "HTTP, PutRecords", Shards: Shards, Aggregate: aggregate, Limits: false), new()
        {
            [Figure.RequestsPerSecond] = interval.PutCalls / seconds,
            [Figure.RecordsPerSecond] = records / seconds,
            [Figure.MicrosPerRecord] = cpu * MicrosPerSecond / records,
            [Figure.RecordsPerCpuSecond] = records / cpu,
        })
        {
            Problem = interval.RecordsStored == 0 ? "it stored nothing" : null,
        };
    }
}
