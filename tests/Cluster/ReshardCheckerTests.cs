using Xunit;

namespace DataProcessor.Cluster;

public sealed class ReshardCheckerTests
{
    private static readonly Dictionary<string, string[]> Lineage = new() { ["parent"] = [], ["child"] = ["parent"] };

    private static readonly ProcessedRecord[] History = [Of("parent", "a", 1), Of("parent", "b", 1), Of("child", "a", 2)];

    [Fact]
    public void A_faultless_history_has_no_breach() => Assert.Empty(Check(History));

    [Fact]
    public void A_child_before_its_parents_end_is_caught() =>
        Assert.Contains("child began before", Assert.Single(Check([History[0], History[2], History[1]])), StringComparison.Ordinal);

    [Fact]
    public void A_child_before_its_parents_beginning_is_caught() =>
        Assert.Contains(Check([History[2], History[1], History[0]]), breach => breach.StartsWith("child began before", StringComparison.Ordinal));

    [Fact]
    public void A_lost_record_is_caught() => Assert.StartsWith("lost", Assert.Single(Check(History[1..])), StringComparison.Ordinal);

    [Fact]
    public void A_repeated_record_is_caught() =>
        Assert.Contains(Check([.. History, History[2]]), breach => breach.StartsWith("2 times", StringComparison.Ordinal));

    [Fact]
    public void A_key_out_of_order_is_caught() =>
        Assert.Contains(Check([History[1], Of("parent", "a", 2), Of("child", "a", 1)]), breach => breach.StartsWith("key a: 1 after 2", StringComparison.Ordinal));

    private static List<string> Check(ProcessedRecord[] processed) =>
        ReshardChecker.Check([.. History.Select(record => new SentRecord(record.PartitionKey, record.Data))], processed, Lineage);

    private static ProcessedRecord Of(string shard, string key, int number) => new(shard, default, key, $"{number}");
}
