using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace DataProcessor.Aws.Local;

/// <summary>Options of <see cref="LocalKinesisServer"/>.</summary>
public sealed partial class LocalKinesisOptions : IValidatableObject
{
    /// <summary>TCP port; 0 takes a free one, null listens nowhere (in-process handler only). Default 4567, as other local Kinesis servers.</summary>
    [Range(0, 65535)]
    public int? Port { get; set; } = 4567;

    /// <summary>Address to listen on. Default 127.0.0.1: signatures are not verified, so keep it off the network.</summary>
    [Required]
    public string BindAddress { get; set; } = "127.0.0.1";

    /// <summary>Folder for records and metadata, created if missing; null keeps all in memory. Default null.</summary>
    public string? DataFolder { get; set; }

    /// <summary>Bytes that all streams together may keep. Default 4 GiB; when full, puts fail with InternalFailure and nothing is dropped.</summary>
    [Range(1024 * 1024, long.MaxValue)]
    public long MaxDataBytes { get; set; } = 4L * 1024 * 1024 * 1024;

    /// <summary>Streams to create at the start unless they exist: name → shards. Default one of 5, as the sample.</summary>
    [Required]
    public IDictionary<string, int> Streams { get; set; } = new Dictionary<string, int> { ["data-processing-stream"] = 5 };

    /// <summary>Hours that records stay visible. Default 24, the service's.</summary>
    [Range(1, 8760)]
    public int RetentionHours { get; set; } = 24;

    /// <summary>Largest record of the streams it creates, in KiB, partition key included. Default 1,024, the service's.</summary>
    [Range(1024, 10240)]
    public int MaxRecordSizeInKiB { get; set; } = 1024;

    /// <summary>Whether shards and calls are throttled as in the service. Default true: what is not throttled here surprises later.</summary>
    public bool EnforceLimits { get; set; } = true;

    /// <summary>How a limit per second is measured. Default token bucket.</summary>
    [EnumDataType(typeof(LimitModel))]
    public LimitModel LimitModel { get; set; } = LimitModel.TokenBucket;

    /// <summary>Time that a stream made by CreateStream stays CREATING. Default 0, so that tests need not wait.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan CreationLatency { get; set; } = TimeSpan.Zero;

    /// <summary>Time that a stream stays UPDATING until a split, merge or UpdateShardCount is carried out. Default 0.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ReshardLatency { get; set; } = TimeSpan.Zero;

    /// <summary>Time that a consumer stays CREATING after its registration. Default 0.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan RegistrationLatency { get; set; } = TimeSpan.Zero;

    /// <summary>Open shards that the account may have. Default 10,000; the service's own is a quota by region.</summary>
    [Range(1, 1_000_000)]
    public int ShardLimit { get; set; } = 10_000;

    /// <summary>Region in the ARNs. Default us-east-1.</summary>
    [Required, RegularExpression("[a-z0-9-]+")]
    public string Region { get; set; } = "us-east-1";

    /// <summary>Account in the ARNs, 12 digits. Default all zeros.</summary>
    [Required, RegularExpression("[0-9]{12}")]
    public string AccountId { get; set; } = "000000000000";

    /// <summary>Failures to inject. Default none.</summary>
    [ValidateObjectMembers]
    public LocalKinesisFaults? Faults { get; set; }

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (!System.Net.IPAddress.TryParse(BindAddress, out _))
        {
            yield return new ValidationResult($"{BindAddress} is not an IP address.", [nameof(BindAddress)]);
        }

        foreach (var (name, shards) in Streams)
        {
            if (name.Length is 0 or > 128 || !StreamName().IsMatch(name))
            {
                yield return new ValidationResult($"'{name}' is not a stream name: 1–128 of a–z A–Z 0–9 _ . -", [nameof(Streams)]);
            }

            if (shards is < 1 or > 10_000)
            {
                yield return new ValidationResult($"Stream {name} has {shards} shards; 1–10,000 are possible.", [nameof(Streams)]);
            }
        }
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9_.-]+\z")]
    internal static partial Regex StreamName();
}

[OptionsValidator]
internal sealed partial class LocalKinesisOptionsValidator : IValidateOptions<LocalKinesisOptions>;
