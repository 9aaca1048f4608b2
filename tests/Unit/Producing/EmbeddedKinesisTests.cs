using System.Text;
using DataProcessor.Aws.Local;
using DataProcessor.Grains.Producing;
using Xunit;

namespace DataProcessor.Unit.Producing;

/// <summary>Producers, a sender and the real client against the embedded Kinesis with its limits and failures.</summary>
public sealed class EmbeddedKinesisTests
{
    private const int ShardCount = 3;

    [Theory]
    [InlineData(LimitModel.TokenBucket)]
    [InlineData(LimitModel.SlidingSecond)]
    public void A_flood_is_written_at_the_shards_rate_and_never_throttled(LimitModel model) => Simulation.Run(async simulation =>
    {
        await using var silo = await StartAsync(simulation, new(Seed: 1) { Delay = 1 }, model);
        var began = simulation.Time.GetTimestamp();

        var stored = await PutAsync(silo, clients: 30, requests: 7, recordsARequest: 200, dataSize: 200);

        var seconds = simulation.Time.GetElapsedTime(began).TotalSeconds;
        var counters = silo.Server.Counters;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{counters.BytesStored / seconds / ShardCount / 1024 / 1024:P1} of {ShardCount} shards over {seconds:F1} s, " +
            $"{counters.RecordsStored} Kinesis records in {counters.Calls["PutRecords"]} calls, {counters.RecordsThrottled} throttled");
        Assert.Equal(30 * 7 * 200, stored.Count);
        Assert.Equal(0, counters.RecordsThrottled + counters.CallsThrottled);
        await AssertHoldsAsync(silo, stored, mayRepeat: false);
    });

    [Fact]
    public void What_is_acknowledged_is_in_the_stream_whatever_the_service_does() => Simulation.Run(async simulation =>
    {
        await using var silo = await StartAsync(
            simulation,
            new(Seed: 7) { ThrottleRecord = 0.1, ThrottleCall = 0.05, FailBefore = 0.05, ResetBefore = 0.05, ResetAfter = 0.1, Delay = 0.5 },
            LimitModel.TokenBucket);

        var stored = await PutAsync(silo, clients: 10, requests: 40, recordsARequest: 20, dataSize: 100);

        var counters = silo.Server.Counters;
        Assert.True(counters.InjectedRecordThrottles > 0);
        Assert.True(counters.InjectedCallThrottles > 0);
        Assert.True(counters.InjectedFailures > 0);
        Assert.True(counters.InjectedResetsBefore > 0);
        Assert.True(counters.InjectedResetsAfter > 0);
        Assert.Equal(10 * 40 * 20, stored.Count);
        await AssertHoldsAsync(silo, stored, mayRepeat: true);
    });

    [Fact]
    public void Where_the_stream_takes_ten_MiB_a_record_of_nine_goes_alone_and_unthrottled() => Simulation.Run(async simulation =>
    {
        await using var silo = await EmbeddedSilo.StartAsync(
            simulation, new() { MaxRecordSizeInKiB = 10 * 1024, LimitModel = LimitModel.SlidingSecond }, shards: 1);
        var tooLarge = await silo.Silo.PutAsync(0, Puts.Of(new TestRecord("l", new byte[10 * 1024 * 1024])));
        Assert.Equal(PutOutcome.Rejected, Assert.Single(tooLarge.Runs).Outcome);

        var small = silo.Silo.PutAsync(0, Puts.OfSize(100, 1000));
        var large = silo.Silo.PutAsync(0, Puts.Of(new TestRecord("large", new byte[9 * 1024 * 1024])));
        var after = silo.Silo.PutAsync(0, Puts.OfSize(100, 1000));

        foreach (var put in (Task<PutResponse>[])[small, large, after])
        {
            Assert.All((await put).Runs, run => Assert.Equal(PutOutcome.Stored, run.Outcome));
        }

        // The nine seconds' worth are paid before anything else goes.
        Assert.InRange(simulation.Elapsed.TotalSeconds, 9, 12);
        Assert.Equal(0, silo.Server.Counters.RecordsThrottled);
    });

    private static Task<EmbeddedSilo> StartAsync(Simulation simulation, LocalKinesisFaults faults, LimitModel model) => EmbeddedSilo.StartAsync(
        simulation,
        new() { LimitModel = model, Faults = faults with { Operations = new HashSet<string> { "PutRecords" } } },
        ShardCount);

    /// <summary>Clients that put one request after the other, dealt out to the shards as the gateway does.</summary>
    private static async Task<List<ReadRecord>> PutAsync(EmbeddedSilo silo, int clients, int requests, int recordsARequest, int dataSize)
    {
        List<ReadRecord> stored = [];
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async client =>
        {
            for (var request = 0; request < requests; request++)
            {
                var records = Enumerable.Range(0, recordsARequest).Select(
                    i => TestRecord.Of($"{client} {i % 17}", $"{client}/{request}/{i}/{new string('.', dataSize)}"));
                var byShard = records.GroupBy(record => silo.Silo.Map.IndexOf(record.HashKey));
                foreach (var settled in await Task.WhenAll(byShard.Select(group => SettleAsync(silo.Silo, group.Key, [.. group]))))
                {
                    stored.AddRange(settled);
                }
            }
        }));
        return stored;
    }

    private static async Task<List<ReadRecord>> SettleAsync(SimulatedSilo silo, int shard, TestRecord[] records)
    {
        var put = Puts.Of(records);
        PutResponse response;
        while ((response = await silo.PutAsync(shard, put)).Status == PutStatus.Busy)
        {
            await silo.Simulation.PassAsync(response.RetryAfter);
        }

        Assert.All(response.Runs, run => Assert.Equal(PutOutcome.Stored, run.Outcome));
        return [.. response.Runs.SelectMany(run => Enumerable.Range(0, run.Count).Select(i => new ReadRecord(
            Encoding.UTF8.GetString(records[run.First + i].Data), run.ShardId!, new(run.SequenceNumber, run.SubSequenceNumber + i))))];
    }

    /// <summary>Reads the stream back and compares.</summary>
    private static async Task AssertHoldsAsync(EmbeddedSilo silo, List<ReadRecord> stored, bool mayRepeat)
    {
        var written = (await silo.ReadAsync()).ToHashSet();
        Assert.All(stored, record => Assert.Contains(record, written));
        Assert.True(mayRepeat ? written.Count > stored.Count : written.Count == stored.Count);
    }
}
