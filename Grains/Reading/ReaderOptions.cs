using System.ComponentModel.DataAnnotations;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Leases;
using Microsoft.Extensions.Options;

namespace DataProcessor.Grains.Reading;

/// <summary>How shards are read and checkpointed.</summary>
public sealed class ReaderOptions : IValidatableObject
{
    /// <summary>Where an application starts in a shard that it has never read. Default TrimHorizon: nothing is missed.</summary>
    public InitialPosition InitialPosition { get; set; } = InitialPosition.TrimHorizon;

    /// <summary>
    /// The time of <see cref="InitialPosition.AtTimestamp"/>, e.g. <c>2026-03-01T12:00:00Z</c>. No default. Leave it as it is
    /// until every shard has records from then on.
    /// </summary>
    public DateTimeOffset? InitialTimestamp { get; set; }

    /// <summary>Form of the keys in the lease table. Default Auto: what the table has, for KCL's own tables work as they are.</summary>
    public LeaseKeys LeaseKeys { get; set; } = LeaseKeys.Auto;

    /// <summary>Whether a lease that KCL or another program holds is waited for. Default WhenQuiet.</summary>
    public TakeoverRule Takeover { get; set; } = TakeoverRule.WhenQuiet;

    /// <summary>
    /// How long a foreign owner's lease must stand still until it counts as dead. Default 30 s: KCL renews every third of
    /// its failoverTimeMillis, 3.3 s at its default of 10 s, so this is nine renewals; it is one at 90 s, so consumers with
    /// more than 30 s there need more here.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan ForeignOwnerTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How records come. Default FanOut: the least latency, and other readers take nothing from it.</summary>
    public ReaderKind Reader { get; set; } = ReaderKind.FanOut;

    /// <summary>
    /// How long <see cref="ReaderKind.Auto"/> polls, once the stream has no room for a consumer, until it looks again.
    /// Default 1 min: a look is two calls per application and silo.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan FanOutRetryInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Shortest time from one GetRecords call to the next. Default 200 ms: a shard takes 5 calls a second
    /// (docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html), which all its readers share, so two
    /// applications on one stream set 400 ms.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.200", "00:01:00")]
    public TimeSpan MinPollInterval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest time from one call to the next while nothing arrives. Default 250 ms, against KCL's 1.5 s: it is latency.</summary>
    [Range(typeof(TimeSpan), "00:00:00.200", "00:01:00")]
    public TimeSpan IdlePollInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Most Kinesis records of one GetRecords call. Default 10,000, the service's limit; also limited to 10 MiB by it.</summary>
    [Range(1, KinesisClient.MaxGetRecordsLimit)]
    public int MaxRecordsPerRead { get; set; } = KinesisClient.MaxGetRecordsLimit;

    /// <summary>
    /// Bytes of pages that the readers of a silo hold together. Default 256 MiB: some 250 shards whose processors stand still
    /// with a full event each. When it is full, pages of more than 64 KiB wait at the service. What the service has sent ahead
    /// comes on top, 256 KiB a subscription.
    /// </summary>
    [Range(16L * 1024 * 1024, 64L * 1024 * 1024 * 1024)]
    public long PageBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>
    /// User records from which on a batch takes no further Kinesis record. Default 10,000: bounds the batch's tables (40
    /// bytes each) and how much comes again after a failure.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxBatchRecords { get; set; } = 10_000;

    /// <summary>
    /// Time between two checkpoints while there is progress. Default 10 s: what comes twice after a crash, against one
    /// write per shard and interval. An idle shard writes nothing.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>First back-off after a failure of the processor or of the service; doubles each time. Default 100 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan RetryBackOff { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Longest back-off. Default 5 s: how long a shard stands still after what it waited for has recovered; with jitter, a
    /// thousand shards of a silo then ask a service that is down some 400 times a second.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan MaxRetryBackOff { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Time that a stop leaves the processor to finish its batch, before its token is cancelled, and then the store to
    /// take the checkpoint. Default 10 s, well inside the 30 s that a container gets.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The first checkpoint of a shard that the application knows nothing of.</summary>
    internal Checkpoint InitialCheckpoint => InitialPosition switch
    {
        InitialPosition.Latest => Checkpoint.Latest,
        InitialPosition.AtTimestamp => Checkpoint.AtTimestamp,
        _ => Checkpoint.TrimHorizon,
    };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IdlePollInterval < MinPollInterval)
        {
            yield return new($"{nameof(IdlePollInterval)} is shorter than {nameof(MinPollInterval)}.");
        }

        if (MaxRetryBackOff < RetryBackOff)
        {
            yield return new($"{nameof(MaxRetryBackOff)} is shorter than {nameof(RetryBackOff)}.");
        }

        if (!Enum.IsDefined(InitialPosition))
        {
            yield return new($"{nameof(InitialPosition)} is neither TrimHorizon nor Latest nor AtTimestamp.");
        }

        if (InitialPosition == InitialPosition.AtTimestamp && InitialTimestamp is null)
        {
            yield return new($"{nameof(InitialPosition)} AtTimestamp needs an {nameof(InitialTimestamp)}.");
        }

        if (!Enum.IsDefined(LeaseKeys))
        {
            yield return new($"{nameof(LeaseKeys)} is neither Auto nor MultiStream nor SingleStream.");
        }

        if (!Enum.IsDefined(Takeover))
        {
            yield return new($"{nameof(Takeover)} is neither WhenQuiet nor Force.");
        }

        if (!Enum.IsDefined(Reader))
        {
            yield return new($"{nameof(Reader)} is neither FanOut nor Polling nor Auto.");
        }
    }
}

[OptionsValidator]
internal sealed partial class ReaderOptionsValidator : IValidateOptions<ReaderOptions>;
