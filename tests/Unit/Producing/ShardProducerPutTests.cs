using DataProcessor.Grains.Producing;
using Xunit;

namespace DataProcessor.Unit.Producing;

/// <summary>What a put is answered.</summary>
public sealed class ShardProducerPutTests
{
    [Fact]
    public void A_lone_record_goes_raw_and_at_once() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        var began = simulation.Time.GetTimestamp();

        var response = await fixture.SettleAsync(Puts.Of("a"));

        var stored = Assert.Single(fixture.Shards.Stored);
        Assert.Equal("a", stored.PartitionKey);
        var run = Assert.Single(response.Runs);
        Assert.Equal(new(0, 1, PutOutcome.Stored, ProducerFixture.ShardId, stored.SequenceNumber, 0, 1, null, null), run);
        Assert.InRange(simulation.Time.GetElapsedTime(began).TotalMilliseconds, 19, 21);
    });

    [Fact]
    public void Puts_that_come_together_share_an_aggregate_and_know_their_places_in_it() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        fixture.ExpectCompany();

        var responses = await Task.WhenAll(
            fixture.SettleAsync(Puts.Of("a", "b", "a")), fixture.SettleAsync(Puts.Of("c")), fixture.SettleAsync(Puts.Of("b", "d")));

        var stored = Assert.Single(fixture.Shards.Stored);
        Assert.Equal(["a", "b", "a", "c", "b", "d"], stored.UserRecords.Select(record => record.PartitionKey));
        Assert.Equal([(0, 3, 0L), (0, 1, 3L), (0, 2, 4L)], responses.Select(response => Assert.Single(response.Runs)).Select(
            run => (run.First, run.Count, run.SubSequenceNumber)));
    });

    [Fact]
    public void A_put_larger_than_an_aggregate_spans_several_with_a_run_for_each() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation, new() { AggregationMaxSize = 10_000 });

        var response = await fixture.SettleAsync(Puts.OfSize(100, 1000));

        Assert.True(fixture.Shards.Stored.Count >= 10);
        Assert.Equal(fixture.Shards.Stored.Count, response.Runs.Length);
        Assert.Equal(100, response.Runs.Sum(run => run.Count));
        Assert.All(response.Runs, run => Assert.Equal(0, run.SubSequenceNumber));
        Assert.All(fixture.Shards.Attempts, attempt => Assert.InRange(attempt.Record.Size, 1, 10_000));
    });

    [Fact]
    public void An_aggregate_grows_while_the_one_before_is_on_its_way() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        fixture.Shards.Latency = TimeSpan.FromMilliseconds(200);
        List<Task<PutResponse>> puts = [];
        for (var i = 0; i < 40; i++)
        {
            puts.Add(fixture.SettleAsync(Puts.Of($"k{i}")));
            await simulation.PassAsync(10);
        }

        await Task.WhenAll(puts);

        Assert.Equal(1, fixture.Shards.MostOpen);
        Assert.InRange(fixture.Shards.Stored.Count, 2, 4);
    });

    [Fact]
    public void While_records_keep_coming_the_first_waits_no_longer_than_the_buffered_time() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        fixture.ExpectCompany();
        List<Task<PutResponse>> puts = [];
        for (var i = 0; i < 30; i++)
        {
            puts.Add(fixture.SettleAsync(Puts.Of($"k{i}")));
            await simulation.PassAsync(4);
        }

        var first = fixture.Shards.Attempts[0];
        await Task.WhenAll(puts);
        Assert.InRange(first.Record.Deadline - TimeSpan.FromSeconds(30) - first.At, TimeSpan.FromMilliseconds(-60), TimeSpan.FromMilliseconds(-56));
    });

    [Fact]
    public void A_full_aggregate_does_not_wait_for_the_clock() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(
            simulation, new() { RecordMaxBufferedTime = TimeSpan.FromSeconds(10), AggregationMaxCount = 5, RecordTtl = TimeSpan.FromMinutes(1) });
        var began = simulation.Time.GetTimestamp();

        await fixture.SettleAsync(Puts.Of("a", "b", "c", "d", "e"));

        Assert.InRange(simulation.Time.GetElapsedTime(began).TotalMilliseconds, 18, 25);
    });

    [Fact]
    public void A_repeated_put_is_answered_again_and_not_taken_twice() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        var put = Puts.Of("a", "b");

        var first = fixture.SettleAsync(put);
        var meanwhile = fixture.SettleAsync(put);
        var answer = await first;
        Assert.Equal(answer.Runs, (await meanwhile).Runs);
        await simulation.PassAsync(TimeSpan.FromSeconds(59));
        Assert.Equal(answer.Runs, (await fixture.SettleAsync(put)).Runs);
        Assert.Single(fixture.Shards.Stored);

        await simulation.PassAsync(TimeSpan.FromSeconds(2));
        await fixture.SettleAsync(put);
        Assert.Equal(2, fixture.Shards.Stored.Count);
    });

    [Fact]
    public void An_id_that_comes_with_other_records_is_refused_with_a_reason() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        var put = Puts.Of("a", "b");
        await fixture.SettleAsync(put);

        foreach (var other in (PutRequest[])[Puts.Of("a", "c"), Puts.Of("a"), Puts.Of("b", "a")])
        {
            var refused = await Assert.ThrowsAsync<ArgumentException>(() => fixture.Producer.PutAsync(other with { Id = put.Id }));
            Assert.Contains("other records", refused.Message, StringComparison.Ordinal);
        }

        Assert.Single(fixture.Shards.Stored);
        Assert.Equal(PutStatus.Settled, (await fixture.SettleAsync(put with { MapVersion = 0, TimeToLive = TimeSpan.FromSeconds(1) })).Status);
    });

    [Fact]
    public void A_put_that_is_late_is_recognized_though_it_was_asked_for_in_vain_and_put_anew() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        var put = Puts.Of("a");
        Assert.Equal(PutStatus.Unknown, (await fixture.Producer.AwaitAsync(put.Id)).Status);

        var anew = fixture.SettleAsync(put);
        var late = fixture.SettleAsync(put);

        Assert.Equal((await anew).Runs, (await late).Runs);
        Assert.Single(fixture.Shards.Stored);
    });

    [Fact]
    public void A_put_of_which_nothing_was_written_may_come_again_under_its_id() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        fixture.Shards.Script = (attempt, _) => attempt == 1 ? SimulatedShards.Throttle() : null;
        var put = Puts.Of(TimeSpan.FromMilliseconds(20), TestRecord.Of("a", "1"));
        Assert.Equal(PutOutcome.NotWritten, Assert.Single((await fixture.SettleAsync(put)).Runs).Outcome);

        Assert.Equal(PutOutcome.Stored, Assert.Single((await fixture.SettleAsync(put with { TimeToLive = TimeSpan.FromSeconds(5) })).Runs).Outcome);

        // The first one's time to be forgotten is not the second one's.
        await simulation.PassAsync(PutLedger.Remembers - TimeSpan.FromMilliseconds(10));
        await fixture.SettleAsync(put);
        Assert.Single(fixture.Shards.Stored);
    });

    [Fact]
    public void What_a_producer_holds_is_the_silos_again_when_it_ends() => Simulation.Run(async simulation =>
    {
        var fixture = new ProducerFixture(simulation);
        fixture.Shards.Latency = TimeSpan.FromSeconds(1);
        var put = fixture.Producer.PutAsync(Puts.OfSize(100, 1000));
        Assert.InRange(fixture.Silo.Free, 1, new ProducerOptions().SiloBufferBytes - 100_000);

        await fixture.DisposeAsync();
        await simulation.PassAsync(2000);
        Assert.Equal(new ProducerOptions().SiloBufferBytes, fixture.Silo.Free);
        Assert.True(put.IsCompleted);
    });

    [Fact]
    public void A_slow_put_is_Pending_in_time_and_can_be_waited_for() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        fixture.Shards.Latency = TimeSpan.FromSeconds(4);
        var put = Puts.Of("a");
        var began = simulation.Time.GetTimestamp();

        Assert.Equal(PutStatus.Pending, (await fixture.Producer.PutAsync(put)).Status);
        Assert.InRange(simulation.Time.GetElapsedTime(began).TotalMilliseconds, 1490, 1510);
        Assert.Equal(PutStatus.Pending, (await fixture.Producer.AwaitAsync(put.Id)).Status);
        Assert.Equal(PutStatus.Settled, (await fixture.Producer.AwaitAsync(put.Id)).Status);
        Assert.Equal(PutStatus.Unknown, (await fixture.Producer.AwaitAsync(new(Guid.NewGuid()))).Status);
    });

    [Fact]
    public void A_full_buffer_says_Busy_and_for_how_long() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation, new() { BufferBytes = 4 * 1024 * 1024 });
        List<Task<PutResponse>> taken = [];
        Task<PutResponse> last;
        while (!(last = fixture.SettleAsync(Puts.OfSize(100, 1000))).IsCompleted)
        {
            taken.Add(last);
        }

        // Room for this one is there soon; for as many again as there are, when all of these are settled.
        var busy = await last;
        Assert.Equal(PutStatus.Busy, busy.Status);
        Assert.InRange(busy.RetryAfter.TotalSeconds, 0.25, 0.5);
        for (var i = 0; i < taken.Count - 1; i++)
        {
            busy = await fixture.SettleAsync(Puts.OfSize(100, 1000));
        }

        Assert.InRange(busy.RetryAfter.TotalSeconds, 3.5, 4.5);
        Assert.InRange(fixture.Producer.BufferedBytes, 3.5 * 1024 * 1024, 4 * 1024 * 1024);

        await simulation.PassAsync(busy.RetryAfter + TimeSpan.FromSeconds(1));
        Assert.Equal(PutStatus.Settled, (await fixture.SettleAsync(Puts.OfSize(100, 1000))).Status);
        Assert.All(await Task.WhenAll(taken), response => Assert.Equal(PutOutcome.Stored, Assert.Single(response.Runs.Select(run => run.Outcome).Distinct())));
        Assert.Equal(0, fixture.Producer.BufferedBytes);
    });

    [Fact]
    public void Poison_records_are_rejected_and_their_neighbours_stored() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);

        var response = await fixture.SettleAsync(Puts.Of(
            TestRecord.Of("a", "1"),
            new TestRecord("b", new byte[1024 * 1024]),
            TestRecord.Of(new string('k', 257), "long key"),
            TestRecord.Of("c", "2"),
            TestRecord.Of("", "no key"),
            TestRecord.Of("d", "3")));

        Assert.Equal(
            [PutOutcome.Stored, PutOutcome.Rejected, PutOutcome.Rejected, PutOutcome.Stored, PutOutcome.Rejected, PutOutcome.Stored],
            response.Runs.Select(run => run.Outcome));
        Assert.Contains("1048577", response.Runs[1].ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("257 characters", response.Runs[2].ErrorMessage, StringComparison.Ordinal);
        Assert.Equal([0L, 1L, 2L], response.Runs.Where(run => run.Outcome == PutOutcome.Stored).Select(run => run.SubSequenceNumber));
        Assert.Equal(["a", "c", "d"], Assert.Single(fixture.Shards.Stored).UserRecords.Select(record => record.PartitionKey));
    });

    [Fact]
    public void A_malformed_put_is_refused_with_a_reason() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        var put = Puts.Of("a", "b");

        var cut = await Assert.ThrowsAsync<ArgumentException>(() => fixture.Producer.PutAsync(put with { Frames = put.Frames[..^1] }));
        Assert.Contains("Record 1", cut.Message, StringComparison.Ordinal);
        var rest = await Assert.ThrowsAsync<ArgumentException>(() => fixture.Producer.PutAsync(put with { Count = 1 }));
        Assert.Contains("bytes after its 1 records", rest.Message, StringComparison.Ordinal);
        Assert.Equal(0, fixture.Producer.BufferedBytes);
    });

    [Fact]
    public void Records_without_a_key_share_one_hash_key_and_one_table_entry() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);

        await fixture.SettleAsync(Puts.Of(TestRecord.Of(null, "1"), TestRecord.Of("k", "2"), TestRecord.Of(null, "3")));

        var stored = Assert.Single(fixture.Shards.Stored);
        var middle = ProducerFixture.Whole.Range.Middle.ToString();
        Assert.Equal([middle, null, middle], stored.UserRecords.Select(record => record.ExplicitHashKey));
        Assert.Equal(middle, fixture.Shards.Attempts[0].Record.Entry.ExplicitHashKey);
    });

    [Fact]
    public void Without_aggregation_every_record_is_its_own_and_a_key_keeps_its_order_at_the_shards_full_rate() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation, new() { AggregationEnabled = false });
        await simulation.PassAsync(2000);
        var began = simulation.Time.GetTimestamp();

        var response = await fixture.SettleAsync(
            Puts.Of([.. Enumerable.Range(0, 4000).Select(i => TestRecord.Of(i % 5 == 0 ? null : $"k{i % 500}", $"{i}"))]));

        Assert.All(response.Runs, run => Assert.Equal(PutOutcome.Stored, run.Outcome));
        Assert.Equal(4000, fixture.Shards.Stored.Count);
        Assert.All(fixture.Shards.Stored, record => Assert.False(record.IsAggregate));
        Assert.All(
            fixture.Shards.Stored.Where(record => record.PartitionKey != "-").GroupBy(record => record.PartitionKey),
            key => Assert.Equal(key.Select(record => Number(record)).Order(), key.Select(record => Number(record))));
        Assert.InRange(simulation.Time.GetElapsedTime(began).TotalSeconds, 3, 4.5);

        static int Number(StoredRecord record) => int.Parse(record.Data, System.Globalization.CultureInfo.InvariantCulture);
    });
}
