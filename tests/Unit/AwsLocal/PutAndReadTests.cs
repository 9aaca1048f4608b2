using System.Text.Json.Nodes;
using Xunit;

namespace DataProcessor.Unit.AwsLocal;

public sealed class PutAndReadTests
{
    [Fact]
    public async Task Records_come_back_in_the_order_of_their_puts_with_growing_numbers()
    {
        await using var kinesis = await LocalKinesis.StartAsync(LocalKinesis.Unlimited());
        var put = await kinesis.CallAsync("PutRecords", new
        {
            StreamName = "s",
            Records = Enumerable.Range(0, 500).Select(i => new { PartitionKey = $"k{i}", Data = BitConverter.GetBytes(i) }),
        });

        var read = await kinesis.ReadAllAsync("shardId-000000000000", limit: 7);

        Assert.Equal(0, (int)put["FailedRecordCount"]!);
        Assert.Equal(Enumerable.Range(0, 500), read.Select(record => BitConverter.ToInt32(record["Data"]!.GetValue<string>() is var text ? Convert.FromBase64String(text) : [])));
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"k{i}"), read.Select(record => (string)record["PartitionKey"]!));
        var numbers = put["Records"]!.AsArray().Select(record => (string)record!["SequenceNumber"]!).ToArray();
        Assert.Equal(numbers, read.Select(record => (string)record["SequenceNumber"]!));
        Assert.Equal(numbers.Order(StringComparer.Ordinal), numbers);
        Assert.Equal(500, numbers.Distinct().Count());
    }
}
