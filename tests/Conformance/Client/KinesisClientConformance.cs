using System.Numerics;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Conformance.Harness;

namespace DataProcessor.Conformance.Client;

/// <summary>What our client must see of a server that speaks Kinesis' protocol; a class per server runs it.</summary>
public abstract partial class KinesisClientConformance(ForeignParts foreign) : IAsyncLifetime
{
    private StreamUnderTest? _stream;

    protected abstract string Server { get; }

    protected abstract ServerOddity Oddities { get; }

    protected ForeignParts Foreign { get; } = foreign;

    private StreamUnderTest Stream => _stream!;

    private KinesisClient Client => Stream.Client;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    protected abstract Task<Uri> StartAsync();

    public async ValueTask InitializeAsync()
    {
        _stream = new StreamUnderTest(Foreign, await StartAsync(), Oddities, Cancel);
        await _stream.CreateAsync();
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_stream is not null)
        {
            Foreign.Cases.Add($"our client against {Server}");
            _stream.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_stream_is_described()
    {
        var summary = await Client.DescribeStreamSummaryAsync(Stream.Name, Cancel);

        Assert.Equal(Stream.Name, summary.StreamName);
        Assert.EndsWith($":stream/{Stream.Name}", summary.StreamArn, StringComparison.Ordinal);
        Assert.Matches("^[0-9]{12}$", summary.AccountId);
        Assert.Equal(2, summary.OpenShardCount);
        Assert.Equal(24, summary.RetentionPeriodHours);
        Assert.Equal(1024, summary.MaxRecordSizeInKiB);
        Assert.InRange(summary.CreatedAt, Now - TimeSpan.FromMinutes(1), Now + TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_stream_exists_once_until_it_is_deleted()
    {
        var other = Stream.Name + "-other";

        // A name of its own, because kinesis-local deletes 50 ms later what was not there when it refused.
        var missing = Stream.Name + "-missing";
        await FailsAsync("ResourceInUseException", () => Client.CreateStreamAsync(Stream.Name, 1, Cancel).AsTask());
        await FailsAsync("ResourceNotFoundException", () => Client.DescribeStreamSummaryAsync(missing, Cancel).AsTask());
        await FailsAsync("ResourceNotFoundException", () => Client.DeleteStreamAsync(missing, Cancel).AsTask());
        await FailsAsync("ResourceNotFoundException", () => Client.ListShardsAsync(missing, null, Cancel).AsTask());

        await Client.CreateStreamAsync(other, 1, Cancel);
        await Stream.UntilAsync(async () => await Stream.StatusOfAsync(other) == "ACTIVE");
        await Client.DeleteStreamAsync(other, Cancel);
        await Stream.UntilAsync(async () => await Stream.StatusOfAsync(other) is null);
    }

    [Fact]
    public async Task The_shards_cover_the_ring()
    {
        foreach (var filter in (ShardFilter?[])[null, ShardFilter.AtLatest, new("AT_TRIM_HORIZON")])
        {
            var shards = await Stream.ListAsync(filter);

            Assert.Equal([StreamUnderTest.FirstShard, "shardId-000000000001"], shards.Select(shard => shard.ShardId));
            Assert.Equal("0", shards[0].StartingHashKey);
            Assert.Equal(UInt128.Parse(shards[0].EndingHashKey, null) + 1, UInt128.Parse(shards[1].StartingHashKey, null));
            Assert.Equal(HashKey.Max.ToString(), shards[1].EndingHashKey);
            Assert.All(shards, shard => Assert.True(BigInteger.Parse(shard.StartingSequenceNumber, null) > 0));
            Assert.All(shards, shard => Assert.Equal(
                (null, null, null), (shard.ParentShardId, shard.AdjacentParentShardId, shard.EndingSequenceNumber)));
        }
    }

    [Fact]
    public async Task The_retention_period_can_be_changed()
    {
        await Client.IncreaseStreamRetentionPeriodAsync(Stream.Name, 48, Cancel);
        Assert.Equal(48, (await Client.DescribeStreamSummaryAsync(Stream.Name, Cancel)).RetentionPeriodHours);
        await Client.DecreaseStreamRetentionPeriodAsync(Stream.Name, 24, Cancel);
        Assert.Equal(24, (await Client.DescribeStreamSummaryAsync(Stream.Name, Cancel)).RetentionPeriodHours);
    }

    [Fact]
    public async Task The_accounts_limits_are_told()
    {
        AccountLimits? limits = null;
        if (!await LacksAsync(ServerOddity.NoLimits, async () => limits = await Client.DescribeLimitsAsync(Cancel)))
        {
            Assert.InRange(limits!.OpenShardCount, 2, limits.ShardLimit);
        }
    }

    /// <summary>Makes the call; on a server that lacks the operation, checks that it is refused by name.</summary>
    private async Task<bool> LacksAsync(ServerOddity oddity, Func<ValueTask> call)
    {
        if (!Stream.Has(oddity))
        {
            await call();
            return false;
        }

        await FailsAsync("UnknownOperationException", () => call().AsTask());
        return true;
    }

    private static async Task FailsAsync(string errorCode, Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<KinesisException>(call);
        Assert.Equal(errorCode, error.ErrorCode);
        Assert.InRange(error.StatusCode, 400, 499);
        Assert.False(error.IsOutcomeUnknown);
    }
}
