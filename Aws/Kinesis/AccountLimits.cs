namespace DataProcessor.Aws.Kinesis;

/// <summary>DescribeLimits' answer, as far as it is used.</summary>
/// <param name="ShardLimit">Most shards that the account's provisioned streams may have open together in the region.</param>
/// <param name="OpenShardCount">How many they have.</param>
public sealed record AccountLimits(int ShardLimit, int OpenShardCount);
