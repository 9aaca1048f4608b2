using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Conformance.Harness;

namespace DataProcessor.Conformance.Cbor;

/// <summary>The bodies that our client sends, read by npm's cbor.</summary>
public sealed class CborRequestTests(ForeignParts foreign)
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
            using KinesisClient client = Clients.Recorded(handler);

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
        using KinesisClient client = Clients.Recorded(handler);

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
            using KinesisClient client = Clients.Recorded(handler);

            await client.GetRecordsAsync(iterator, limit, TestContext.Current.CancellationToken);

            await AssertBodyAsync(handler, new JsonObject { ["ShardIterator"] = iterator, ["Limit"] = limit });
        },
        iter: 60,
        threads: 1);

    private async Task AssertBodyAsync(RecordingHandler handler, JsonObject expected)
    {
        ForeignProcess cbor = await foreign.CborAsync();
        Assert.Equal("application/x-amz-cbor-1.1", handler.Last!.Headers["content-type"]);
        var body = new JsonObject { ["body"] = Convert.ToBase64String(handler.Last.Body) };

        JsonNode? items = await cbor.CallAsync("decode", body, TestContext.Current.CancellationToken);

        Assert.Equal(new JsonArray(expected).ToJsonString(), items!.ToJsonString());
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
