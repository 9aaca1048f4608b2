using DataProcessor.Grains.Producing;
using Xunit;

namespace DataProcessor.Unit.Producing;

public sealed class StrictOrderingTests
{
    private static readonly ProducerOptions Strict = new() { Ordering = Ordering.Strict };

    [Fact]
    public void Each_record_follows_the_number_of_the_one_before_and_a_stranger_waits_a_second_first() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation, Strict);
        var began = simulation.Time.Monotonic();

        await fixture.SettleAsync(Puts.Of("a"));
        await fixture.SettleAsync(Puts.Of("b"));

        var attempts = fixture.Shards.Attempts;
        Assert.Equal([null, fixture.Shards.Stored[0].SequenceNumber], attempts.Select(attempt => attempt.Record.After));
        Assert.InRange(attempts[0].At - began, ShardProducer.OrderSettles - TimeSpan.FromMilliseconds(1), ShardProducer.OrderSettles + TimeSpan.FromMilliseconds(5));
        Assert.InRange(attempts[1].At - attempts[0].At, TimeSpan.FromMilliseconds(18), TimeSpan.FromMilliseconds(25));
    });

    [Fact]
    public void A_producer_that_moved_goes_on_after_its_last_number_at_once() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation, Strict);
        await fixture.SettleAsync(Puts.Of("a"));
        await fixture.Producer.DrainAsync();

        using var moved = fixture.ProducerOf(fixture.Map, ProducerFixture.Whole, Strict);
        moved.Continue(fixture.Producer.LastStored!.Value);
        var running = moved.RunAsync();
        var began = simulation.Time.Monotonic();
        await moved.PutAsync(Puts.Of("b"));

        Assert.Equal(fixture.Shards.Stored[0].SequenceNumber, fixture.Shards.Attempts[1].Record.After);
        Assert.InRange(fixture.Shards.Attempts[1].At - began, TimeSpan.Zero, TimeSpan.FromMilliseconds(5));
        moved.Dispose();
        await running;
    });

    [Fact]
    public void A_number_that_Kinesis_does_not_take_any_more_begins_a_new_sequence() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation, Strict);
        await fixture.SettleAsync(Puts.Of("a"));
        fixture.Shards.Script = (_, record) => record.After is null
            ? null
            : new(SendResult.Rejected, null, default, "InvalidArgumentException", "The sequence number is of another shard.");

        var run = Assert.Single((await fixture.SettleAsync(Puts.Of("b"))).Runs);

        Assert.Equal((PutOutcome.Stored, 2), (run.Outcome, run.Attempts));
    });

    [Fact]
    public void When_the_shard_closes_what_waits_is_left_to_the_producers_that_come_after() => Simulation.Run(async simulation =>
    {
        await using var fixture = new ProducerFixture(simulation, Strict);
        var waiting = fixture.SettleAsync(Puts.Of("a"));
        fixture.Split();

        fixture.Producer.Follow(fixture.Map);

        Assert.Equal(PutOutcome.Moved, Assert.Single((await waiting).Runs).Outcome);
        Assert.Empty(fixture.Shards.Attempts);
    });
}
