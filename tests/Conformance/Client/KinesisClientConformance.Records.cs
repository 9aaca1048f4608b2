using System.Numerics;
using System.Text;
using DataProcessor.Aws.Kinesis;

namespace DataProcessor.Conformance.Client;

public abstract partial class KinesisClientConformance
{
    private const string BeyondTheRing = "340282366920938463463374607431768211456";

    [Fact]
    public async Task Records_come_back_as_they_were_put()
    {
        var before = Now;
        var large = new byte[512 * 1024];
        new Random(1).NextBytes(large);
        PutRecordsEntry[] entries =
        [
            new("k", "0", new byte[] { 0, 255, 1, 254 }),
            new("köy-Ω-日本-😀", "0", "text"u8.ToArray()),
            new(new string('k', 256), "0", ReadOnlyMemory<byte>.Empty),
            new("large", "0", large),
        ];

        var results = await Stream.PutAsync(entries);
        var records = await Stream.ReadAsync(await Stream.IteratorAsync(ShardIteratorStart.TrimHorizon), entries.Length);

        Assert.All(results, result => Assert.Equal(StreamUnderTest.FirstShard, result.ShardId));
        Assert.Equal(results.Select(result => result.SequenceNumber), records.Select(record => record.SequenceNumber));
        Assert.Equal(entries.Select(entry => entry.PartitionKey), records.Select(record => Encoding.UTF8.GetString(record.PartitionKey.Span)));
        Assert.All(entries.Zip(records), pair => Assert.True(pair.First.Data.Span.SequenceEqual(pair.Second.Data.Span)));
        Assert.All(records, record => Assert.InRange(
            record.ArrivalTime, before - TimeSpan.FromSeconds(2), Now + TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public async Task A_record_goes_where_its_hash_key_says()
    {
        var shards = await Stream.ListAsync();
        PutRecordsEntry[] entries =
        [
            .. Enumerable.Range(0, 40).Select(i => new PutRecordsEntry($"key-{i}", null, new[] { (byte)i })),
            .. shards.SelectMany(shard => (string[])[shard.StartingHashKey, shard.EndingHashKey])
                .Select(hashKey => new PutRecordsEntry("any", hashKey, new byte[] { 1 })),
        ];

        var results = await Stream.PutAsync(entries);

        var border = HashKey.Parse(shards[0].EndingHashKey);
        string[] expected = [.. entries
            .Select(entry => entry.ExplicitHashKey is { } key ? HashKey.Parse(key) : HashKey.FromPartitionKey(entry.PartitionKey))
            .Select(hash => shards[hash <= border ? 0 : 1].ShardId)];
        Assert.Equal(expected, results.Select(result => result.ShardId));
        Assert.Equal(2, expected.Distinct().Count());
    }

    [Fact]
    public async Task A_record_can_be_ordered_after_another()
    {
        string? before = null;
        for (var i = 0; i < 3; i++)
        {
            var entry = new PutRecordsEntry("k", "0", new[] { (byte)i });
            var result = await Client.PutRecordAsync(Stream.Name, entry, before, Cancel);
            Assert.Equal(StreamUnderTest.FirstShard, result.ShardId);
            Assert.True(before is null || BigInteger.Parse(result.SequenceNumber, null) > BigInteger.Parse(before, null));
            before = result.SequenceNumber;
        }

        Assert.Equal("0 1 2", FirstBytes(await Stream.ReadAsync(await Stream.IteratorAsync(ShardIteratorStart.TrimHorizon), 3)));
    }

    [Fact]
    public async Task An_iterator_starts_where_it_was_told_to()
    {
        var latest = await Stream.IteratorAsync(ShardIteratorStart.Latest);
        var numbers = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            var result = await Stream.PutAsync(new PutRecordsEntry("k", "0", new[] { (byte)i }));
            numbers.Add(result[0].SequenceNumber!);
        }

        Assert.Equal(numbers.OrderBy(number => BigInteger.Parse(number, null)), numbers);
        Assert.Equal("0 1 2 3 4", FirstBytes(await Stream.ReadAsync(latest, 5)));
        foreach ((var start, var expected) in ((ShardIteratorStart, string)[])
        [
            (ShardIteratorStart.TrimHorizon, "0 1 2 3 4"),
            (ShardIteratorStart.At(numbers[2]), "2 3 4"),
            (ShardIteratorStart.After(numbers[2]), "3 4"),
            (ShardIteratorStart.AtTime(Now - TimeSpan.FromMinutes(1)), "0 1 2 3 4"),
        ])
        {
            var read = await Stream.ReadAsync(await Stream.IteratorAsync(start), expected.Split(' ').Length);
            Assert.Equal(expected, FirstBytes(read));
        }
    }

    [Fact]
    public async Task A_page_has_at_most_its_limit_and_the_next_one_goes_on()
    {
        await Stream.PutAsync([.. Enumerable.Range(0, 7).Select(i => new PutRecordsEntry("k", "0", new[] { (byte)i }))]);
        var iterator = await Stream.IteratorAsync(ShardIteratorStart.TrimHorizon);
        var read = new List<KinesisRecord>();
        for (var i = 0; i < 4; i++)
        {
            var page = await Stream.PageAsync(iterator!, limit: 3);
            Assert.InRange(page.Records.Length, 0, 3);
            Assert.InRange(page.MillisBehindLatest, 0, 60_000);
            read.AddRange(page.Records);
            iterator = page.NextShardIterator;
            Assert.NotNull(iterator);
        }

        Assert.Equal("0 1 2 3 4 5 6", FirstBytes(read));
    }

    [Fact]
    public async Task A_full_batch_is_stored_whole()
    {
        PutRecordsEntry[] entries = [.. Enumerable.Range(0, KinesisClient.MaxPutRecordsEntries).Select(
            i => new PutRecordsEntry("k", "0", BitConverter.GetBytes(i)))];

        if (Stream.Has(ServerOddity.LongAnswersAreCut))
        {
            var error = await Assert.ThrowsAsync<KinesisException>(async () => await Stream.PutAsync(entries));
            Assert.Equal("InvalidResponse", error.ErrorCode);
            Assert.True(error.IsOutcomeUnknown);
        }
        else
        {
            Assert.All(await Stream.PutAsync(entries), result => Assert.True(result.IsStored));
        }

        var records = await Stream.ReadAsync(await Stream.IteratorAsync(ShardIteratorStart.TrimHorizon), entries.Length);
        Assert.Equal(Enumerable.Range(0, entries.Length), records.Select(record => BitConverter.ToInt32(record.Data.Span)));
    }

    [Fact]
    public async Task What_is_wrong_is_named()
    {
        var unknownValue = Stream.Has(ServerOddity.UnknownValueIsSerializationError) ? "SerializationException" : "ValidationException";
        var badText = Stream.Has(ServerOddity.BadTextIsInvalidArgument) ? "InvalidArgumentException" : "ValidationException";
        var one = new PutRecordsEntry("k", null, new byte[] { 1 });

        await FailsAsync("ResourceNotFoundException", () => Stream.IteratorAsync(ShardIteratorStart.Latest, "shardId-000000000099").AsTask());
        await FailsAsync("ResourceNotFoundException", () => Client.PutRecordsAsync("nowhere", new[] { one }, Cancel).AsTask());
        await FailsAsync(unknownValue, () => Stream.IteratorAsync(new("NO_SUCH_TYPE", null, null)).AsTask());
        await FailsAsync(badText, () => Client.DescribeStreamSummaryAsync("blanks are not allowed", Cancel).AsTask());
        await FailsAsync(badText, () => Stream.PutAsync(one with { PartitionKey = "" }).AsTask());
        await FailsAsync("InvalidArgumentException", () => Stream.PutAsync(one with { ExplicitHashKey = BeyondTheRing }).AsTask());

        var badIterator = await Assert.ThrowsAsync<KinesisException>(
            async () => await Client.GetRecordsAsync("no iterator", 10, Cancel));
        Assert.Equal(
            Stream.Has(ServerOddity.BadIteratorIsServerError) ? "Http500" : "InvalidArgumentException", badIterator.ErrorCode);
    }

    private static string FirstBytes(IEnumerable<KinesisRecord> records) =>
        string.Join(' ', records.Select(record => record.Data.Span[0]));
}
