using System.ComponentModel.DataAnnotations;
using DataProcessor.Gateway.Authentication;
using DataProcessor.Gateway.Routing;
using Microsoft.Extensions.Options;

namespace DataProcessor.Gateway;

/// <summary>Limits and defaults of the gateway; checked when the process starts.</summary>
public sealed class GatewayOptions : IValidatableObject
{
    /// <summary>Stream of <c>POST /</c>. Default <c>data-processing-stream</c>, the sample's.</summary>
    [Required]
    public string DefaultStream { get; set; } = "data-processing-stream";

    /// <summary>Largest request body in bytes. Default 16 MiB; a larger one is answered 413.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int MaxBodyBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Most records of one request. Default 10,000; more are answered 413.</summary>
    [Range(1, 100_000)]
    public int MaxRecords { get; set; } = 10_000;

    /// <summary>Largest record in bytes, data and partition key together. Default 1 MiB, Kinesis' own limit.</summary>
    [Range(1, 10 * 1024 * 1024)]
    public int MaxRecordBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// Bytes of all request bodies in flight, from before a body is read until its answer is sent. Default 256 MiB;
    /// when full, requests are answered 429. A shard may hold a quarter of it, so that a hot one does not starve the
    /// rest. The buffers behind it take up to three times as much: body, then frames, then the puts under way.
    /// </summary>
    [Range(1024 * 1024, long.MaxValue)]
    public long InFlightBytes { get; set; } = 256 * 1024 * 1024;

    /// <summary>How long a request's records may wait to be written. Default 30 s, as KPL's RecordTtl.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan RecordTtl { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the rest of a request, part of which is taken already, waits for a shard with a full buffer. Default
    /// 30 s; never longer than <see cref="RecordTtl"/>.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan BusyPatience { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the gateway serves on after SIGTERM, so that a load balancer notices before connections are refused. Default
    /// 10 s: two health checks 5 s apart, and a third of the time that a container has to stop.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The keys that puts need. Default: none, and everybody may put.</summary>
    [ValidateObjectMembers]
    public AuthenticationOptions Authentication { get; } = new();

    /// <summary>A shard's part of <see cref="InFlightBytes"/>.</summary>
    internal long InFlightBytesPerShard => InFlightBytes / 4;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!StreamName.IsValid(DefaultStream))
        {
            yield return new($"{nameof(DefaultStream)} '{DefaultStream}' is no stream name: {StreamName.Rule}.");
        }

        if (InFlightBytes < MaxBodyBytes)
        {
            yield return new($"{nameof(InFlightBytes)} must hold at least one body of {nameof(MaxBodyBytes)}.");
        }
    }
}

[OptionsValidator]
internal sealed partial class GatewayOptionsValidator : IValidateOptions<GatewayOptions>;
