using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace DataProcessor.Cluster;

/// <summary>
/// Somebody else with access to the stream, over plain HTTP and JSON: reshards without a word, puts, and reads
/// everything back as KCL would.
/// </summary>
internal sealed class ReshardForeigner(Uri endpoint, string stream) : IDisposable
{
    private readonly HttpClient _http = new();

    public void Dispose() => _http.Dispose();

    public Task SplitAsync(string shardId, HashKey at, CancellationToken cancellationToken) => CallAsync(
        "SplitShard", new() { ["ShardToSplit"] = shardId, ["NewStartingHashKey"] = at.ToString() }, cancellationToken);

    public Task MergeAsync(string shardId, string adjacentShardId, CancellationToken cancellationToken) => CallAsync(
        "MergeShards", new() { ["ShardToMerge"] = shardId, ["AdjacentShardToMerge"] = adjacentShardId }, cancellationToken);

    public Task PutAsync(string partitionKey, byte[] data, CancellationToken cancellationToken) => CallAsync(
        "PutRecord", new() { ["PartitionKey"] = partitionKey, ["Data"] = Convert.ToBase64String(data) }, cancellationToken);

    public async Task<ForeignShard[]> ListAsync(CancellationToken cancellationToken)
    {
        var answer = await CallAsync("ListShards", [], cancellationToken);
        return [.. answer!["Shards"]!.AsArray().Select(shard => new ForeignShard(
            (string)shard!["ShardId"]!,
            new(HashKey.Parse((string)shard["HashKeyRange"]!["StartingHashKey"]!), HashKey.Parse((string)shard["HashKeyRange"]!["EndingHashKey"]!)),
            [.. new[] { (string?)shard["ParentShardId"], (string?)shard["AdjacentParentShardId"] }.OfType<string>()],
            IsOpen: shard["SequenceNumberRange"]!["EndingSequenceNumber"] is null))];
    }

    /// <summary>Every Kinesis record of a shard, from the oldest to the end or the tip.</summary>
    public async Task<List<KclRecord>> ReadAsync(ForeignShard shard, CancellationToken cancellationToken)
    {
        var read = new List<KclRecord>();
        var start = await CallAsync(
            "GetShardIterator", new() { ["ShardId"] = shard.Id, ["ShardIteratorType"] = "TRIM_HORIZON" }, cancellationToken);
        for (var iterator = (string?)start!["ShardIterator"]; iterator is not null;)
        {
            var page = await CallAsync("GetRecords", new() { ["ShardIterator"] = iterator }, cancellationToken, namesStream: false);
            var records = page!["Records"]!.AsArray();
            read.AddRange(records.Select(record => KclRecord.Of(
                (string)record!["PartitionKey"]!, Convert.FromBase64String((string)record["Data"]!), shard.Range)));
            iterator = shard.IsOpen && records.Count == 0 ? null : (string?)page["NextShardIterator"];
        }

        return read;
    }

    private async Task<JsonNode?> CallAsync(
        string operation, JsonObject body, CancellationToken cancellationToken, bool namesStream = true)
    {
        if (namesStream)
        {
            body["StreamName"] = stream;
        }

        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(150));
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new StringContent(body.ToJsonString()) };
            request.Content.Headers.ContentType = new("application/x-amz-json-1.1");
            request.Headers.Add("X-Amz-Target", $"Kinesis_20131202.{operation}");
            request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=0");
            using var response = await _http.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return text.Length == 0 ? null : JsonNode.Parse(text);
            }

            // Our own reader may have used up the shard's five calls a second.
            if (!text.Contains("ThroughputExceeded", StringComparison.Ordinal) && !text.Contains("LimitExceeded", StringComparison.Ordinal))
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{operation}: {(int)response.StatusCode} {text}"));
            }

            await again.WaitForNextTickAsync(cancellationToken);
        }
    }
}

internal sealed record ForeignShard(string Id, HashKeyRange Range, string[] Parents, bool IsOpen);
