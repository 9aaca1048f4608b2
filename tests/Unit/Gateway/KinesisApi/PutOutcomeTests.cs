using DataProcessor.Gateway.Answering;
using DataProcessor.Gateway.KinesisApi;
using Xunit;

namespace DataProcessor.Unit.Gateway.KinesisApi;

/// <summary>
/// What an SDK is told when shards are full or fail: it repeats throttles and 5xx by itself, so these must say what is so.
/// </summary>
public sealed class PutOutcomeTests
{
    private const string Throttled = "ProvisionedThroughputExceededException";

    private static readonly PutRecord Low = new("k", "low", "0");
    private static readonly PutRecord High = new("k", "high", "340282366920938463463374607431768211455");

    [Fact]
    public async Task A_full_shard_throttles_each_of_its_records_and_a_single_one_as_the_call()
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        Shard(gateway, 0).ThenPut(PutResponse.Busy(TimeSpan.FromSeconds(1)));
        Shard(gateway, 1).ThenPut(PutResponse.Busy(TimeSpan.FromSeconds(1)));

        var batch = await gateway.PutRecordsAsync(Low, High);
        Shard(gateway, 0).ThenPut(PutResponse.Busy(TimeSpan.FromSeconds(1)));
        var single = await PutOneAsync(gateway);

        Assert.Equal((200, null, 2), (batch.Status, batch.ErrorType, batch.Body["FailedRecordCount"]!.GetValue<int>()));
        Assert.Equal([Throttled, Throttled], Codes(batch));
        Assert.Equal((400, Throttled), (single.Status, single.Type));
        Assert.Empty(gateway.Cluster.Stored);
    }

    [Fact]
    public async Task A_gateway_whose_buffers_are_full_throttles_the_call()
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        Assert.True(gateway.InFlight.TryTake(256 * 1024 * 1024));

        var answer = await gateway.PutRecordsAsync(Low);

        Assert.Equal((400, Throttled), (answer.Status, answer.Type));
    }

    [Theory]
    [InlineData(PutOutcome.NotWritten, "ProvisionedThroughputExceededException", Throttled, 400)]
    [InlineData(PutOutcome.Unknown, null, "InternalFailure", 500)]
    [InlineData(PutOutcome.Rejected, "ResourceNotFoundException", "ResourceNotFoundException", 400)]
    [InlineData(PutOutcome.Rejected, "AccessDeniedException", "AccessDeniedException", 403)]
    [InlineData(PutOutcome.Rejected, "ValidationException", "InvalidArgumentException", 400)]
    public async Task A_record_that_failed_says_whether_it_may_be_in_the_stream(PutOutcome outcome, string? cause, string code, int status)
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        Shard(gateway, 0).ThenPut(Failed(outcome, cause));

        var partly = await gateway.PutRecordsAsync(Low, High);
        Shard(gateway, 0).ThenPut(Failed(outcome, cause));
        var single = await PutOneAsync(gateway);

        Assert.Equal((200, 1), (partly.Status, partly.Body["FailedRecordCount"]!.GetValue<int>()));
        Assert.Equal([code, null], Codes(partly));
        Assert.Equal((status, code), (single.Status, single.Type));
    }

    [Fact]
    public async Task What_no_repetition_can_change_for_any_record_is_an_error_of_the_call()
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        Shard(gateway, 0).ThenPut(Failed(PutOutcome.Rejected, "ResourceNotFoundException"));
        Shard(gateway, 1).ThenPut(Failed(PutOutcome.Rejected, "ResourceNotFoundException"));

        var answer = await gateway.PutRecordsAsync(Low, High);

        Assert.Equal((400, "ResourceNotFoundException"), (answer.Status, answer.Type));
    }

    [Fact]
    public void A_cluster_that_does_not_answer_is_unavailable_and_repeating_is_safe()
    {
        var error = KinesisError.Of(Problem.ClusterUnavailable);

        Assert.Equal((503, "ServiceUnavailable"), (error.Status, error.Type));
    }

    private static Task<KinesisReply> PutOneAsync(LoopbackGateway gateway) => gateway.CallAsync(
        "PutRecord", $$"""{"StreamName":"{{MemoryCluster.StreamName}}","Data":"","PartitionKey":"k","ExplicitHashKey":"0"}""");

    private static IEnumerable<string?> Codes(KinesisReply answer) =>
        answer.Body["Records"]!.AsArray().Select(entry => entry!["ErrorCode"]?.GetValue<string>());

    private static MemoryProducer Shard(LoopbackGateway gateway, int index) =>
        gateway.Cluster.Producer(gateway.Cluster.Map.Open[index].Id);

    private static PutResponse Failed(PutOutcome outcome, string? cause) => PutResponse.Settled(
        [new(0, 1, outcome, null, default, 0, 1, cause, cause is null ? null : "Because.")]);
}
