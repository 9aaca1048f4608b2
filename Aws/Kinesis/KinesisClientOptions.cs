using System.ComponentModel.DataAnnotations;

namespace DataProcessor.Aws.Kinesis;

/// <summary>Options of <see cref="KinesisClient"/>.</summary>
public sealed class KinesisClientOptions
{
    /// <summary>Region that requests are signed for.</summary>
    [Required]
    public string Region { get; set; } = "us-east-1";

    /// <summary>Endpoint override; null is the region's own endpoint.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>Time for one attempt. Default 6 s, as KPL's RequestTimeout.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>Attempts of an operation that is safe to repeat; PutRecords has one (its producer retries). Default 4.</summary>
    [Range(1, 20)]
    public int MaxAttempts { get; set; } = 4;

    /// <summary>First back-off; doubles per attempt up to 20 s, with full jitter. Default 100 ms.</summary>
    public TimeSpan BackOff { get; set; } = TimeSpan.FromMilliseconds(100);
}
