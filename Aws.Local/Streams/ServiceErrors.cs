using System.Globalization;

namespace DataProcessor.Aws.Local.Streams;

/// <summary>The service's errors, in its words where they are known.</summary>
internal static class ServiceErrors
{
    public const string ThroughputExceeded = "ProvisionedThroughputExceededException";
    public const string InternalFailure = "InternalFailure";

    public static ServiceException StreamNotFound(string name, string account) =>
        new("ResourceNotFoundException", $"Stream {name} under account {account} not found.");

    public static ServiceException ShardNotFound(string shardId, string stream, string account) =>
        new("ResourceNotFoundException", $"Could not find shard {shardId} in stream {stream} under account {account}.");

    public static ServiceException ConsumerNotFound(string consumer) =>
        new("ResourceNotFoundException", $"Consumer {consumer} not found.");

    public static ServiceException NotActive(string name, string account, string status) =>
        ResourceInUse($"Stream {name} under account {account} not ACTIVE, instead in state {status}");

    public static ServiceException ShardLimitExceeded(string account, string region, long current, int limit, long additional) => LimitExceeded(
        $"This request would exceed the shard limit for the account {account} in {region}. Current shard count for the account: "
        + $"{current}. Limit: {limit}. Number of additional shards that would have resulted from this request: {additional}.");

    public static ServiceException ResourceInUse(string message) => new("ResourceInUseException", message);

    public static ServiceException LimitExceeded(string message) => new("LimitExceededException", message);

    public static ServiceException InvalidArgument(string message) => new("InvalidArgumentException", message);

    public static ServiceException Validation(string message) => new("ValidationException", message);

    public static ServiceException Serialization(string message) => new("SerializationException", message);

    public static ServiceException RateExceeded(string shardId, string stream, string account) =>
        new(ThroughputExceeded, RateExceededMessage(shardId, stream, account));

    public static string RateExceededMessage(string shardId, string stream, string account) =>
        $"Rate exceeded for shard {shardId} in stream {stream} under account {account}.";

    public static string FullMessage(long limit) =>
        $"The local Kinesis keeps at most {limit} bytes (MaxDataBytes) and is full. Records leave it when their retention "
        + "period ends; delete a stream, or raise the limit.";

    public static ServiceException Internal(string message) => new(InternalFailure, message, 500);

    public static ServiceException ExpiredIterator(long issuedMs, long nowMs, long toleratedMs) => new(
        "ExpiredIteratorException",
        $"Iterator expired. The iterator was created at time {Format(issuedMs)} while right now it is {Format(nowMs)} "
        + $"which is further in the future than the tolerated delay of {toleratedMs} milliseconds.");

    public static ServiceException ExpiredNextToken(long issuedMs, long nowMs, long toleratedMs) => new(
        "ExpiredNextTokenException",
        $"NextToken expired. It was created at time {Format(issuedMs)} while right now it is {Format(nowMs)} "
        + $"which is further in the future than the tolerated delay of {toleratedMs} milliseconds.");

    private static string Format(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("ddd MMM dd HH:mm:ss 'UTC' yyyy", CultureInfo.InvariantCulture);
}
