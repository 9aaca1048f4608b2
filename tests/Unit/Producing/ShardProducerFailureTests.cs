using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Producing;
using Xunit;

namespace DataProcessor.Unit.Producing;

/// <summary>What becomes of records when Kinesis does not simply store them.</summary>
public sealed class ShardProducerFailureTests
{
    private static readonly SendOutcome NoAnswer = SendOutcome.Unknown("NoAnswer", "The connection was reset.");
    private static readonly SendOutcome Denied = new(SendResult.Rejected, null, default, "AccessDeniedException", "Not yours.");

    [Fact]
    public void A_failed_record_goes_again_with_the_same_bytes_before_anything_later() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        fixture.Shards.Script = (attempt, _) => attempt switch { 1 => SimulatedShards.Throttle(), 2 => NoAnswer, _ => null };

        var first = fixture.SettleAsync(Puts.Of("a", "b"));
        await simulation.PassAsync(30);
        var second = fixture.SettleAsync(Puts.Of("c"));

        Assert.Equal(3, Assert.Single((await first).Runs).Attempts);
        Assert.Equal(1, Assert.Single((await second).Runs).Attempts);
        var attempts = fixture.Shards.Attempts;
        Assert.Equal(4, attempts.Count);
        Assert.Equal(attempts[0].Data, attempts[1].Data);
        Assert.Equal(attempts[0].Data, attempts[2].Data);
        Assert.Equal(["a", "b", "c"], fixture.Shards.UserRecords(ProducerFixture.ShardId).Select(record => record.PartitionKey));
        Assert.Equal(1, fixture.Shards.MostOpen);
    });

    [Theory]
    [InlineData(false, PutOutcome.NotWritten)]
    [InlineData(true, PutOutcome.Unknown)]
    public void When_their_time_is_over_records_are_given_up_with_what_is_known_of_them(bool isOnceUnanswered, PutOutcome outcome) =>
        Simulation.Run(async simulation =>
        {
            await using var fixture = new ProducerFixture(simulation);
            fixture.Shards.Script = (attempt, _) => isOnceUnanswered && attempt == 2 ? NoAnswer : SimulatedShards.Throttle();
            var began = simulation.Time.GetTimestamp();

            var response = await fixture.SettleAsync(Puts.Of(TimeSpan.FromSeconds(5), TestRecord.Of("a", "1"), TestRecord.Of("b", "2")));

            var run = Assert.Single(response.Runs);
            Assert.Equal((2, outcome), (run.Count, run.Outcome));
            Assert.Equal(fixture.Shards.Attempts.Count, run.Attempts);
            Assert.Equal("ProvisionedThroughputExceededException", run.ErrorCode);
            Assert.InRange(simulation.Time.GetElapsedTime(began).TotalSeconds, 4.99, 5.05);
            Assert.Empty(fixture.Shards.Stored);
            Assert.True(fixture.Shards.Attempts.Count > 3);
        });

    [Fact]
    public void Only_the_expired_records_of_an_aggregate_are_given_up() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        fixture.ExpectCompany();
        var isDown = true;
        fixture.Shards.Script = (_, _) => isDown ? SimulatedShards.Throttle() : null;

        var before = fixture.SettleAsync(Puts.Of("a"));
        var hurried = fixture.SettleAsync(Puts.Of(TimeSpan.FromSeconds(1), TestRecord.Of("b", "2")));
        var after = fixture.SettleAsync(Puts.Of("c"));
        Assert.Equal(PutOutcome.NotWritten, Assert.Single((await hurried).Runs).Outcome);
        isDown = false;

        var stored = Assert.Single((await before).Runs);
        Assert.Equal(PutOutcome.Stored, stored.Outcome);
        Assert.Equal(fixture.Shards.Attempts.Count, stored.Attempts);
        Assert.Equal(1, Assert.Single((await after).Runs).SubSequenceNumber);
        Assert.Equal(["a", "c"], fixture.Shards.UserRecords(ProducerFixture.ShardId).Select(record => record.PartitionKey));
    });

    [Fact]
    public void What_waits_behind_an_unanswered_call_expires_without_being_sent() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        fixture.Shards.Latency = TimeSpan.FromSeconds(6);
        var first = fixture.SettleAsync(Puts.Of("a"));
        await simulation.PassAsync(100);
        var began = simulation.Time.GetTimestamp();

        var late = Assert.Single((await fixture.SettleAsync(Puts.Of(TimeSpan.FromSeconds(2), TestRecord.Of("b", "2")))).Runs);

        Assert.Equal((PutOutcome.NotWritten, 0, "Expired"), (late.Outcome, late.Attempts, late.ErrorCode));
        Assert.InRange(simulation.Time.GetElapsedTime(began).TotalSeconds, 1.99, 2.05);
        Assert.Equal(PutOutcome.Stored, Assert.Single((await first).Runs).Outcome);
        Assert.Single(fixture.Shards.Attempts);
    });

    [Fact]
    public void A_put_with_less_time_than_those_before_it_expires_in_its_own() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        var isDown = true;
        fixture.Shards.Script = (_, _) => isDown ? SimulatedShards.Throttle() : null;
        fixture.Shards.Latency = TimeSpan.FromSeconds(6);
        var first = fixture.SettleAsync(Puts.Of("a"));
        await simulation.PassAsync(10);
        var before = fixture.SettleAsync(Puts.Of("b"));
        var began = simulation.Time.GetTimestamp();
        var rerouted = fixture.SettleAsync(Puts.Of(TimeSpan.FromSeconds(2), TestRecord.Of("c", "3")));
        var after = fixture.SettleAsync(Puts.Of("d"));

        var run = Assert.Single((await rerouted).Runs);
        Assert.Equal((PutOutcome.NotWritten, 0), (run.Outcome, run.Attempts));
        Assert.InRange(simulation.Time.GetElapsedTime(began).TotalSeconds, 1.99, 2.05);
        isDown = false;
        foreach (var put in (Task<PutResponse>[])[first, before, after])
        {
            Assert.Equal(PutOutcome.Stored, Assert.Single((await put).Runs).Outcome);
        }

        Assert.Equal(["a", "b", "d"], fixture.Shards.UserRecords(ProducerFixture.ShardId).Select(record => record.PartitionKey));
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_large_aggregate_that_was_throttled_is_cut_unless_it_may_be_stored(bool mayBeStored) => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        await simulation.PassAsync(2000);
        var throttled = mayBeStored ? 2 : 1;
        fixture.Shards.Script = (attempt, _) => attempt == throttled ? SimulatedShards.Throttle() : attempt < throttled ? NoAnswer : null;

        var runs = (await fixture.SettleAsync(Puts.OfSize(500, 500))).Runs;

        Assert.Equal(mayBeStored, runs.Length == 1);
        Assert.All(runs, run => Assert.Equal((PutOutcome.Stored, throttled + 1), (run.Outcome, run.Attempts)));
        Assert.Equal(500, fixture.Shards.UserRecords(ProducerFixture.ShardId).Count);
    });

    [Fact]
    public void What_Kinesis_refuses_for_ever_is_rejected_at_once_and_later_records_go_on() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        fixture.Shards.Script = (attempt, _) => attempt == 1 ? Denied : null;

        var first = fixture.SettleAsync(Puts.Of("a"));
        await simulation.PassAsync(10);
        var second = fixture.SettleAsync(Puts.Of("b"));

        Assert.Equal(
            new(0, 1, PutOutcome.Rejected, null, default, 0, 1, Denied.ErrorCode, Denied.ErrorMessage), Assert.Single((await first).Runs));
        Assert.Equal(PutOutcome.Stored, Assert.Single((await second).Runs).Outcome);
    });

    [Fact]
    public void A_record_that_spoilt_a_call_of_many_goes_alone_the_next_time() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        fixture.Shards.Script = (attempt, _) => attempt == 1
            ? SendOutcome.Of(new KinesisException("ValidationException", "One of them.", 400), recordsInCall: 3)
            : null;

        await fixture.SettleAsync(Puts.Of("a"));
        await fixture.SettleAsync(Puts.Of("b"));

        Assert.Equal([false, true, false], fixture.Shards.Attempts.Select(attempt => attempt.Record.GoesAlone));
    });

    [Fact]
    public void Back_off_grows_and_is_bounded() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        fixture.Shards.Script = (_, _) => SimulatedShards.Throttle();

        await fixture.SettleAsync(Puts.Of("a"));

        var attempts = fixture.Shards.Attempts;
        var waits = attempts.Skip(1).Zip(attempts, (later, earlier) => later.At - earlier.At).ToArray();
        Assert.InRange(attempts.Count, 15, 80);
        Assert.True(waits.Max() > TimeSpan.FromSeconds(1));
        Assert.All(waits, wait => Assert.True(wait < BackOff.Most + TimeSpan.FromMilliseconds(100)));
    });

    [Fact]
    public void A_record_stored_before_its_predecessor_is_counted() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        fixture.Shards.Script = (attempt, _) => SendOutcome.Stored(ProducerFixture.ShardId, $"{100 - (attempt % 2)}");

        await fixture.SettleAsync(Puts.Of("a"));
        await fixture.SettleAsync(Puts.Of("b"));
        Assert.Equal(0, fixture.Producer.Inversions);
        await fixture.SettleAsync(Puts.Of("c"));
        Assert.Equal(1, fixture.Producer.Inversions);
    });

    [Fact]
    public void A_drain_answers_what_is_unsent_Moved_and_waits_for_what_is_on_its_way() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        fixture.Shards.Latency = TimeSpan.FromMilliseconds(300);
        var sent = fixture.SettleAsync(Puts.Of("a"));
        await simulation.PassAsync(50);
        var unsent = fixture.SettleAsync(Puts.Of("b"));

        var drain = fixture.Producer.DrainAsync();
        Assert.Equal(PutOutcome.Moved, Assert.Single((await unsent).Runs).Outcome);
        Assert.False(drain.IsCompleted);
        Assert.Equal(PutStatus.Moved, (await fixture.SettleAsync(Puts.Of("c"))).Status);
        await drain;
        Assert.Equal(PutOutcome.Stored, Assert.Single((await sent).Runs).Outcome);
        Assert.Equal(0, fixture.Producer.BufferedBytes);
    });

    [Fact]
    public void A_drain_gives_the_caller_of_a_pending_put_time_to_fetch_its_answer() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation);
        fixture.Shards.Latency = TimeSpan.FromSeconds(2);
        var put = Puts.Of("a");
        Assert.Equal(PutStatus.Pending, (await fixture.Producer.PutAsync(put)).Status);

        var drain = fixture.Producer.DrainAsync();
        await simulation.PassAsync(700);
        Assert.False(drain.IsCompleted);
        var answer = await fixture.Producer.AwaitAsync(put.Id);
        await drain;
        Assert.Equal(PutOutcome.Stored, Assert.Single(answer.Runs).Outcome);
    });
}
