using Xunit;

namespace DataProcessor.Chaos;

public sealed class CheckerTests
{
    private static readonly Sighting[] Three =
    [
        new(new("shard", "10", 0), "key", "1"),
        new(new("shard", "10", 1), "key", "2"),
        new(new("shard", "11", 0), "key", "3"),
    ];

    [Fact]
    public void A_faultless_history_has_no_breach() =>
        Assert.Empty(Checker.Check(new(Three, Three, Three)).Breaches);

    [Fact]
    public void Repeats_and_unacknowledged_records_are_counted_and_no_breach()
    {
        var checker = Checker.Check(new(Three[..2], Three, [.. Three, Three[1], Three[2]]));

        Assert.Empty(checker.Breaches);
        Assert.Equal(2, checker.Duplicates);
        Assert.Equal(1, checker.Unacknowledged);
    }

    [Fact]
    public void A_record_missing_from_the_stream_is_caught() =>
        Assert.Contains(Checker.Check(new(Three, Three[1..], Three)).Breaches, breach => breach.StartsWith("acknowledged and not in the stream", StringComparison.Ordinal));

    [Fact]
    public void Changed_bytes_are_caught() =>
        Assert.Contains(
            Checker.Check(new(Three, [Three[0] with { Data = "x" }, .. Three[1..]], Three)).Breaches,
            breach => breach.Contains("stored as", StringComparison.Ordinal));

    [Fact]
    public void A_record_that_was_never_processed_is_caught() =>
        Assert.Contains(Checker.Check(new(Three, Three, Three[1..])).Breaches, breach => breach.StartsWith("acknowledged and never processed", StringComparison.Ordinal));

    [Fact]
    public void A_record_out_of_nowhere_is_caught() =>
        Assert.Contains(Checker.Check(new([], Three[1..], Three)).Breaches, breach => breach.StartsWith("processed and not in the stream", StringComparison.Ordinal));

    [Fact]
    public void A_key_out_of_order_is_caught() =>
        Assert.Contains(Checker.Check(new(Three, Three, [Three[1], Three[0], Three[2]])).Breaches, breach => breach.StartsWith("key key", StringComparison.Ordinal));
}
