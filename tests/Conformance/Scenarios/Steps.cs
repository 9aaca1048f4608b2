namespace DataProcessor.Conformance.Scenarios;

/// <summary>The calls that scenarios are made of.</summary>
internal static class Steps
{
    public const string FirstShard = "shardId-000000000000";
    public const string LastShard = "shardId-000000000002";

    // Hash keys 0 and 2^128-1.
    public const string ToFirst = "\"ExplicitHashKey\":\"0\"";
    public const string ToLast = "\"ExplicitHashKey\":\"340282366920938463463374607431768211455\"";

    public static Step Read { get; } = On("GetRecords", "\"ShardIterator\":\"{iterator}\"");

    public static Step Page(int limit) => On("GetRecords", $"\"ShardIterator\":\"{{iterator}}\",\"Limit\":{limit}");

    public static Step On(string operation, params string[] fields) => new(operation, $"{{{string.Join(',', fields)}}}");

    public static Step OnStream(string operation, params string[] fields) => On(operation, ["\"StreamName\":\"{stream}\"", .. fields]);

    /// <param name="data">In base64.</param>
    /// <param name="key">Partition key.</param>
    /// <param name="more">Further fields.</param>
    public static Step Put(string data, string key, params string[] more) =>
        OnStream("PutRecord", [$"\"Data\":\"{data}\"", $"\"PartitionKey\":\"{key}\"", .. more]);

    public static Step PutAll(params string[] entries) => OnStream("PutRecords", $"\"Records\":[{string.Join(',', entries)}]");

    public static string Entry(string data, string hashKey) => $"{{\"Data\":\"{data}\",\"PartitionKey\":\"key\",{hashKey}}}";

    public static Step Iterator(string shard, string kind, params string[] more) =>
        OnStream("GetShardIterator", [$"\"ShardId\":\"{shard}\"", $"\"ShardIteratorType\":\"{kind}\"", .. more]);
}
