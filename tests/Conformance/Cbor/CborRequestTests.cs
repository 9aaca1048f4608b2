using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Conformance.Harness;

namespace DataProcessor.Conformance.Cbor;

/// <summary>The bodies that our client sends, read by npm's cbor.</summary>
public sealed class CborRequestTests(ForeignParts foreign) : NodeSuite
{
    // Around the sizes at which a length takes one more byte: 24, 256, 65536.
    private static readonly Gen<byte[]> Data = Gen.OneOf(
        Gen.Byte.Array[0, 30], Gen.Byte.Array[250, 260], Gen.Byte.Array[65_530, 65_540]);

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String[Gen.Char[' ', '~'], 1, 30], Gen.String[Gen.Char['\u00a0', '\u2fff'], 1, 256], Gen.Const("😀\0\n"));

    private static readonly Gen<PutRecordsEntry> Entry = Gen.Select(Text, Gen.UInt128, Gen.Bool, Data).Select(
        (key, hash, hasHash, data) => new PutRecordsEntry(key, hasHash ? hash.ToString(null, null) : null, data));

    [Fact]
    public Task PutRecords_carries_what_it_was_given() => Gen.Select(Text, Entry.Array[1, 30]).SampleAsync(
        async (stream, entries) =>
        {
            using var handler = new RecordingHandler { Answer = ResultsFor(entries) };
            using var client = Clients.Recorded(handler);

            await client.PutRecordsAsync(stream, entries, TestContext.Current.CancellationToken);

            await AssertBodyAsync(handler, new JsonObject
            {
                ["StreamName"] = stream,
                ["Records"] = CborJson.Array(entries, ToJson),
            });
        },
        iter: 60,
        threads: 1);

    [Fact]
    public async Task PutRecords_carries_a_full_batch()
    {
        PutRecordsEntry[] entries = [.. Enumerable.Range(0, KinesisClient.MaxPutRecordsEntries)
            .Select(i => new PutRecordsEntry($"key-{i}", null, Encoding.UTF8.GetBytes($"data-{i}")))];
        using var handler = new RecordingHandler { Answer = ResultsFor(entries) };
        using var client = Clients.Recorded(handler);

        await client.PutRecordsAsync("stream", entries, TestContext.Current.CancellationToken);

        await AssertBodyAsync(handler, new JsonObject
        {
            ["StreamName"] = "stream",
            ["Records"] = CborJson.Array(entries, ToJson),
        });
    }

    [Fact]
    public Task GetRecords_carries_what_it_was_given() => Gen.Select(Text, Gen.Int[1, 10_000]).SampleAsync(
        async (iterator, limit) =>
        {
            using var handler = new RecordingHandler { Answer = """{"Records":[]}"""u8.ToArray() };
            using var client = Clients.Recorded(handler);

            await client.GetRecordsAsync(iterator, limit, TestContext.Current.CancellationToken);

            await AssertBodyAsync(handler, new JsonObject { ["ShardIterator"] = iterator, ["Limit"] = limit });
        },
        iter: 60,
        threads: 1);

    [Fact]
    public Task PutRecord_carries_what_it_was_given() => Gen.Select(Entry, Gen.OneOf(Text, Gen.Const((string?)null))).SampleAsync(
        async (entry, before) =>
        {
            using var handler = new RecordingHandler { Answer = """{"ShardId":"s","SequenceNumber":"1"}"""u8.ToArray() };
            using var client = Clients.Recorded(handler);

            await client.PutRecordAsync("stream", entry, before, TestContext.Current.CancellationToken);

            var expected = ToJson(entry);
            expected["StreamName"] = "stream";
            if (before is not null)
            {
                expected["SequenceNumberForOrdering"] = before;
            }

            await AssertBodyAsync(handler, expected);
        },
        iter: 40,
        threads: 1);

    [Fact]
    public async Task SubscribeToShard_carries_what_it_was_given()
    {
        var time = DateTimeOffset.FromUnixTimeMilliseconds(1_500_000_000_123);
        foreach ((var start, var expected) in ((ShardIteratorStart, JsonObject)[])
        [
            (ShardIteratorStart.Latest, new JsonObject { ["Type"] = "LATEST" }),
            (ShardIteratorStart.After("4967"), new JsonObject { ["Type"] = "AFTER_SEQUENCE_NUMBER", ["SequenceNumber"] = "4967" }),
            (ShardIteratorStart.AtTime(time), new JsonObject { ["Type"] = "AT_TIMESTAMP", ["Timestamp"] = CborJson.Time(time) }),
        ])
        {
            using var handler = new RecordingHandler();
            using var client = Clients.Recorded(handler);

            await (await client.SubscribeToShardAsync("arn", "shard", start, TestContext.Current.CancellationToken)).DisposeAsync();

            await AssertBodyAsync(handler, new JsonObject { ["ConsumerARN"] = "arn", ["ShardId"] = "shard", ["StartingPosition"] = expected });
        }
    }

    private async Task AssertBodyAsync(RecordingHandler handler, JsonObject expected)
    {
        var cbor = await foreign.CborAsync();
        Assert.Equal("application/x-amz-cbor-1.1", handler.Last!.Headers["content-type"]);
        var body = new JsonObject { ["body"] = Convert.ToBase64String(handler.Last.Body) };

        var items = await cbor.CallAsync("decode", body, TestContext.Current.CancellationToken);

        var sent = Assert.Single(items!.AsArray());
        Assert.True(JsonNode.DeepEquals(expected, sent), $"expected {expected}, sent {sent}");
        foreign.Cases.Add("cbor requests");
    }

    private static JsonObject ToJson(PutRecordsEntry entry)
    {
        var json = new JsonObject { ["Data"] = CborJson.Bytes(entry.Data.Span), ["PartitionKey"] = entry.PartitionKey };
        if (entry.ExplicitHashKey is { } hashKey)
        {
            json["ExplicitHashKey"] = hashKey;
        }

        return json;
    }

    private static byte[] ResultsFor(PutRecordsEntry[] entries) => Encoding.UTF8.GetBytes(
        $$"""{"Records":[{{string.Join(',', entries.Select(_ => """{"ShardId":"s","SequenceNumber":"1"}"""))}}]}""");
}
