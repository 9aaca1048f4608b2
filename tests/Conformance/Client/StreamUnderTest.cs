using System.Text;
using System.Text.Json.Nodes;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Conformance.Harness;

namespace DataProcessor.Conformance.Client;

/// <summary>A stream of two shards on a server, made for one test.</summary>
internal sealed class StreamUnderTest(
    ForeignParts foreign, Uri endpoint, ServerOddity oddities, CancellationToken cancellationToken) : IDisposable
{
    public const string FirstShard = "shardId-000000000000";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public string Name { get; } = $"stream-{Guid.NewGuid():N}";

    public KinesisClient Client { get; } = Clients.Connected(endpoint);

    public bool Has(ServerOddity oddity) => oddities.HasFlag(oddity);

    public async Task CreateAsync()
    {
        await Client.CreateStreamAsync(Name, 2, cancellationToken);
        await UntilActiveAsync();
    }

    public ValueTask<PutRecordsResultEntry[]> PutAsync(params PutRecordsEntry[] entries) =>
        Client.PutRecordsAsync(Name, entries, cancellationToken);

    public ValueTask<ShardDescription[]> ListAsync(ShardFilter? filter = null) =>
        Client.ListShardsAsync(Name, filter, cancellationToken);

    public ValueTask<string> IteratorAsync(ShardIteratorStart start, string shardId = FirstShard) =>
        Client.GetShardIteratorAsync(Name, shardId, start, cancellationToken);

    /// <summary>Reads on until there are so many records, or, without a number, to the end of the shard.</summary>
    public async Task<List<KinesisRecord>> ReadAsync(string? iterator, int? count = null)
    {
        var records = new List<KinesisRecord>();
        await UntilAsync(async () =>
        {
            var page = await PageAsync(iterator!);
            records.AddRange(page.Records);
            iterator = page.NextShardIterator;
            return count is { } wanted ? records.Count >= wanted : iterator is null;
        });
        return records;
    }

    public async Task<GetRecordsPage> PageAsync(string iterator, int limit = KinesisClient.MaxGetRecordsLimit)
    {
        if (!Has(ServerOddity.UnreadableData))
        {
            return await Client.GetRecordsAsync(iterator, limit, cancellationToken);
        }

        var page = await ForeignCallAsync("GetRecords", new JsonObject { ["ShardIterator"] = iterator, ["Limit"] = limit });
        KinesisRecord[] records = [.. page["Records"]!.AsArray().Select(ToRecord)];
        if (records.Length > 0)
        {
            var error = await Assert.ThrowsAsync<KinesisException>(
                async () => await Client.GetRecordsAsync(iterator, limit, cancellationToken));
            Assert.Equal("InvalidResponse", error.ErrorCode);
        }

        return new(records, page["NextShardIterator"]?.GetValue<string>(), page["MillisBehindLatest"]!.GetValue<long>(), []);
    }

    /// <summary>For what this server does not do in CBOR: Amazon's client, which asks in JSON.</summary>
    private async Task<JsonNode> ForeignCallAsync(string operation, JsonObject input)
    {
        var sdk = await foreign.KinesisSdkAsync();
        var call = new JsonObject { ["endpoint"] = endpoint.ToString(), ["http"] = "1.1", ["operation"] = operation, ["input"] = input };
        var answer = (await sdk.CallAsync("call", call, cancellationToken))!;
        Assert.Null(answer["error"]?.ToJsonString());
        return answer["output"]!;
    }

    public async Task<string> ArnAsync() => (await Client.DescribeStreamSummaryAsync(Name, cancellationToken)).StreamArn;

    public Task UntilActiveAsync() => UntilAsync(async () => await StatusOfAsync(Name) == "ACTIVE");

    /// <summary>Null if there is no such stream, also for a moment after it was created.</summary>
    public async Task<string?> StatusOfAsync(string streamName)
    {
        try
        {
            return (await Client.DescribeStreamSummaryAsync(streamName, cancellationToken)).Status;
        }
        catch (KinesisException e) when (e.ErrorCode == "ResourceNotFoundException")
        {
            return null;
        }
    }

    public async Task UntilAsync(Func<Task<bool>> condition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, $"not within {Patience}");
            await Task.Delay(Poll, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>The stream goes when its server does.</summary>
    public void Dispose() => Client.Dispose();

    private static KinesisRecord ToRecord(JsonNode? record) => new(
        record!["SequenceNumber"]!.GetValue<string>(),
        Encoding.UTF8.GetBytes(record["PartitionKey"]!.GetValue<string>()),
        record["Data"] is JsonObject buffer
            ? [.. buffer["data"]!.AsArray().Select(value => value!.GetValue<byte>())]
            : Convert.FromBase64String(record["Data"]!.GetValue<string>()),
        DateTimeOffset.FromUnixTimeMilliseconds((long)(record["ApproximateArrivalTimestamp"]!.GetValue<double>() * 1_000)));
}
