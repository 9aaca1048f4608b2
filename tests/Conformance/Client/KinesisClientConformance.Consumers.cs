using DataProcessor.Aws.Kinesis;

namespace DataProcessor.Conformance.Client;

public abstract partial class KinesisClientConformance
{
    [Fact]
    public async Task A_consumer_is_registered_and_deregistered()
    {
        var made = await RegisterAsync("reader");
        if (made is null)
        {
            return;
        }

        var arn = await Stream.ArnAsync();
        var consumer = await Client.DescribeStreamConsumerAsync(arn, "reader", Cancel);
        Assert.Equal(("reader", made.ConsumerArn, "ACTIVE"), (consumer.ConsumerName, consumer.ConsumerArn, consumer.Status));
        Assert.StartsWith($"{arn}/consumer/reader:", consumer.ConsumerArn, StringComparison.Ordinal);
        Assert.InRange(consumer.CreatedAt, Now - TimeSpan.FromMinutes(1), Now + TimeSpan.FromMinutes(1));
        Assert.Equal(["reader"], (await Client.ListStreamConsumersAsync(arn, Cancel)).Select(one => one.ConsumerName));
        await FailsAsync("ResourceInUseException", () => Client.RegisterStreamConsumerAsync(arn, "reader", Cancel).AsTask());

        await Client.DeregisterStreamConsumerAsync(consumer.ConsumerArn, Cancel);
        await Stream.UntilAsync(async () => (await Client.ListStreamConsumersAsync(arn, Cancel)).Length == 0);
        await FailsAsync("ResourceNotFoundException", () => Client.DescribeStreamConsumerAsync(arn, "reader", Cancel).AsTask());
    }

    [Fact]
    public async Task A_subscription_pushes_what_is_there_and_what_comes()
    {
        var consumer = await RegisterAsync("reader");
        if (consumer is null)
        {
            return;
        }

        await Stream.PutAsync(new PutRecordsEntry("k", "0", new byte[] { 1, 255 }), new PutRecordsEntry("köy", "0", new byte[] { 2 }));
        await using var subscription = await Client.SubscribeToShardAsync(
            consumer.ConsumerArn, StreamUnderTest.FirstShard, ShardIteratorStart.TrimHorizon, Cancel);
        var records = new List<KinesisRecord>();
        var continuation = await ReadAsync(subscription, records, 2);
        var third = await Stream.PutAsync(new PutRecordsEntry("k", "0", new byte[] { 3 }));
        await ReadAsync(subscription, records, 3);

        Assert.Equal("1 2 3", FirstBytes(records));
        Assert.Equal(third[0].SequenceNumber, records[2].SequenceNumber);
        Assert.NotNull(continuation);

        // Another consumer goes on where this one was, because one of the same name would have to wait for its end to be noticed.
        var other = await RegisterAsync("other");
        await using var next = await Client.SubscribeToShardAsync(
            other!.ConsumerArn, StreamUnderTest.FirstShard, ShardIteratorStart.After(continuation), Cancel);
        var later = new List<KinesisRecord>();
        await ReadAsync(next, later, 1);
        Assert.Equal("3", FirstBytes(later));
    }

    [Fact]
    public async Task A_subscription_of_nobody_is_refused()
    {
        if (Stream.Has(ServerOddity.NoConsumers))
        {
            return;
        }

        var nobody = $"{await Stream.ArnAsync()}/consumer/nobody:1";
        var error = await Assert.ThrowsAsync<KinesisException>(async () => await Client.SubscribeToShardAsync(
            nobody, StreamUnderTest.FirstShard, ShardIteratorStart.Latest, Cancel));
        Assert.Equal("ResourceNotFoundException", error.ErrorCode);
    }

    /// <summary>Null on a server without consumers.</summary>
    private async Task<StreamConsumer?> RegisterAsync(string name)
    {
        var arn = await Stream.ArnAsync();
        StreamConsumer? consumer = null;
        if (await LacksAsync(
            ServerOddity.NoConsumers, async () => consumer = await Client.RegisterStreamConsumerAsync(arn, name, Cancel)))
        {
            return null;
        }

        await Stream.UntilAsync(async () => (await Client.DescribeStreamConsumerAsync(arn, name, Cancel)).Status == "ACTIVE");
        return consumer;
    }

    private static async Task<string?> ReadAsync(ShardSubscription subscription, List<KinesisRecord> records, int count)
    {
        string? continuation = null;
        while (records.Count < count)
        {
            var next = await subscription.NextAsync(Cancel);
            Assert.NotNull(next);
            records.AddRange(next.Records);
            continuation = next.ContinuationSequenceNumber;
        }

        return continuation;
    }
}
