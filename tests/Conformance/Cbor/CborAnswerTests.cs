using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Conformance.Harness;

namespace DataProcessor.Conformance.Cbor;

/// <summary>Answers written by npm's cbor, in each way in which it may write them, read by our client.</summary>
public sealed class CborAnswerTests(ForeignParts foreign) : NodeSuite
{
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String[Gen.Char[' ', '~'], 0, 60], Gen.String[Gen.Char['\u00a0', '\u2fff'], 1, 256]);

    private static readonly Gen<byte[]> Data = Gen.OneOf(Gen.Byte.Array[0, 30], Gen.Byte.Array[250, 260], Gen.Byte.Array[65_530, 65_540]);

    private static readonly Gen<PutRecordsResultEntry> Result = Gen.Select(Text, Text, Gen.Bool).Select(
        (first, second, isStored) => isStored
            ? new PutRecordsResultEntry(first, second, null, null)
            : new PutRecordsResultEntry(null, null, first, second));

    private static readonly Gen<WrittenRecord> Record = Gen.Select(Text, Text, Data, Gen.Long[-62_135_596_800_000, 253_402_300_799_999])
        .Select((number, key, data, time) => new WrittenRecord(number, key, data, DateTimeOffset.FromUnixTimeMilliseconds(time)));

    public static TheoryData<string> Styles => new("plain", "canonical", "chunked", "seconds");

    [Theory]
    [MemberData(nameof(Styles))]
    public Task PutRecords_results_are_read(string style) => Result.Array[1, 30].SampleAsync(
        async results =>
        {
            var answer = new JsonObject
            {
                ["FailedRecordCount"] = results.Count(result => !result.IsStored),
                ["EncryptionType"] = "NONE",
                ["Records"] = CborJson.Array(results, ToJson),
            };
            using var handler = await AnsweringAsync(answer, style);
            using var client = Clients.Recorded(handler);

            var read = await client.PutRecordsAsync(
                "stream", new PutRecordsEntry[results.Length].Select(_ => new PutRecordsEntry("k", null, default)).ToArray(), Cancel);

            Assert.Equal(results, read);
        },
        iter: 30,
        threads: 1);

    [Theory]
    [MemberData(nameof(Styles))]
    public Task Pages_of_records_are_read(string style) =>
        Gen.Select(Record.Array[0, 20], Gen.OneOf(Text, Gen.Const((string?)null)), Gen.Long[0, 1L << 40]).SampleAsync(
            async (records, next, behind) =>
            {
                var answer = new JsonObject
                {
                    ["ChildShards"] = new JsonArray(Child()),
                    ["MillisBehindLatest"] = behind,
                    ["NextShardIterator"] = next,
                    ["Records"] = CborJson.Array(records, ToJson),
                };
                using var handler = await AnsweringAsync(answer, style);
                using var client = Clients.Recorded(handler);

                var page = await client.GetRecordsAsync("iterator", 100, Cancel);

                Assert.Equal(next, page.NextShardIterator);
                Assert.Equal(behind, page.MillisBehindLatest);
                Assert.Equal(records.Select(Shown), page.Records.Select(Shown));
                Assert.Equal(["c of p,q 0-9"], page.ChildShards.Select(Shown));
            },
            iter: 30,
            threads: 1);

    [Theory]
    [MemberData(nameof(Styles))]
    public Task Events_of_a_subscription_are_read(string style) => Record.Array[0, 6].Array[1, 4].SampleAsync(
        async events =>
        {
            JsonObject[] messages =
            [
                Message("initial-response", new JsonObject()),
                .. events.Select((records, i) => Message("SubscribeToShardEvent", ToEvent(records, isLast: i == events.Length - 1))),
            ];
            using var handler = await StreamingAsync(messages, style);
            using var client = Clients.Recorded(handler);

            await using var subscription = await client.SubscribeToShardAsync("arn", "shard", ShardIteratorStart.Latest, Cancel);

            for (var i = 0; i < events.Length; i++)
            {
                var read = (await subscription.NextAsync(Cancel))!;
                var isLast = i == events.Length - 1;
                Assert.Equal(events[i].Select(Shown), read.Records.Select(Shown));
                Assert.Equal(isLast ? null : "4967", read.ContinuationSequenceNumber);
                Assert.Equal(isLast ? ["c of p,q 0-9"] : [], read.ChildShards.Select(Shown));
            }

            Assert.Null(await subscription.NextAsync(Cancel));
        },
        iter: 20,
        threads: 1);

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task An_exception_in_a_subscription_is_read(string style)
    {
        var exception = new JsonObject
        {
            ["headers"] = new JsonObject { [":message-type"] = "exception", [":exception-type"] = "ResourceInUseException" },
            ["value"] = new JsonObject { ["message"] = "too soon" },
        };
        using var handler = await StreamingAsync([exception], style);
        using var client = Clients.Recorded(handler);

        var error = await Assert.ThrowsAsync<KinesisException>(
            async () => await client.SubscribeToShardAsync("arn", "shard", ShardIteratorStart.Latest, Cancel));

        Assert.Equal("ResourceInUseException", error.ErrorCode);
        Assert.Contains("too soon", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task Errors_are_read(string style)
    {
        var answer = new JsonObject { ["__type"] = "com.amazonaws.kinesis#ExpiredIteratorException", ["message"] = "Iterator expired – ä" };
        using var handler = await AnsweringAsync(answer, style);
        handler.AnswerStatus = HttpStatusCode.BadRequest;
        using var client = Clients.Recorded(handler);

        var error = await Assert.ThrowsAsync<KinesisException>(
            async () => await client.GetRecordsAsync("iterator", 100, Cancel));

        Assert.Equal("ExpiredIteratorException", error.ErrorCode);
        Assert.Contains("Iterator expired – ä", error.Message, StringComparison.Ordinal);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task<RecordingHandler> AnsweringAsync(JsonObject answer, string style)
    {
        var cbor = await foreign.CborAsync();
        var body = await cbor.CallAsync("encode", new JsonObject { ["value"] = answer, ["style"] = style }, Cancel);
        foreign.Cases.Add("cbor answers");
        return new RecordingHandler
        {
            Answer = Convert.FromBase64String(body!.GetValue<string>()),
            AnswerType = "application/x-amz-cbor-1.1",
        };
    }

    private async Task<RecordingHandler> StreamingAsync(JsonObject[] messages, string style)
    {
        var cbor = await foreign.CborAsync();
        var stream = new JsonObject { ["messages"] = new JsonArray(messages), ["style"] = style };
        var body = await cbor.CallAsync("eventStream", stream, Cancel);
        foreign.Cases.Add("event streams");
        return new RecordingHandler
        {
            Answer = Convert.FromBase64String(body!.GetValue<string>()),
            AnswerType = "application/vnd.amazon.eventstream",
        };
    }

    private static JsonObject Message(string eventType, JsonObject value) => new()
    {
        ["headers"] = new JsonObject
        {
            [":message-type"] = "event",
            [":event-type"] = eventType,
            [":content-type"] = "application/x-amz-cbor-1.1",
        },
        ["value"] = value,
    };

    private static JsonObject ToEvent(WrittenRecord[] records, bool isLast) => new()
    {
        ["Records"] = CborJson.Array(records, ToJson),
        ["ContinuationSequenceNumber"] = isLast ? null : "4967",
        ["MillisBehindLatest"] = 5,
        ["ChildShards"] = isLast ? new JsonArray(Child()) : null,
    };

    private static JsonObject Child() => new()
    {
        ["ShardId"] = "c",
        ["ParentShards"] = new JsonArray("p", "q"),
        ["HashKeyRange"] = new JsonObject { ["StartingHashKey"] = "0", ["EndingHashKey"] = "9" },
    };

    private static JsonObject ToJson(PutRecordsResultEntry result) => result.IsStored
        ? new() { ["ShardId"] = result.ShardId, ["SequenceNumber"] = result.SequenceNumber }
        : new() { ["ErrorCode"] = result.ErrorCode, ["ErrorMessage"] = result.ErrorMessage };

    private static JsonObject ToJson(WrittenRecord record) => new()
    {
        ["ApproximateArrivalTimestamp"] = CborJson.Time(record.Arrival),
        ["Data"] = CborJson.Bytes(record.Data),
        ["EncryptionType"] = null,
        ["PartitionKey"] = record.PartitionKey,
        ["SequenceNumber"] = record.SequenceNumber,
    };

    private static string Shown(ChildShard child) =>
        $"{child.ShardId} of {string.Join(',', child.ParentShards)} {child.StartingHashKey}-{child.EndingHashKey}";

    private static string Shown(KinesisRecord record) => Shown(new WrittenRecord(
        record.SequenceNumber, Encoding.UTF8.GetString(record.PartitionKey.Span), record.Data.ToArray(), record.ArrivalTime));

    private static string Shown(WrittenRecord record) =>
        $"{record.SequenceNumber} {record.PartitionKey} {Convert.ToHexString(record.Data)} {record.Arrival:O}";

    private sealed record WrittenRecord(string SequenceNumber, string PartitionKey, byte[] Data, DateTimeOffset Arrival);
}
