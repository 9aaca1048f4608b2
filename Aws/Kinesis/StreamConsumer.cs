namespace DataProcessor.Aws.Kinesis;

/// <summary>A registered consumer: 2 MB/s of its own from each shard, by SubscribeToShard.</summary>
/// <param name="ConsumerArn">Contains the time of creation: a consumer registered anew has another one.</param>
/// <param name="Status">CREATING, ACTIVE or DELETING; only an ACTIVE one can subscribe.</param>
public sealed record StreamConsumer(string ConsumerName, string ConsumerArn, string Status, DateTimeOffset CreatedAt);
