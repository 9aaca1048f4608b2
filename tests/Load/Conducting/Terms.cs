using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Conducting;

/// <summary>What a line states of itself; null where it does not apply.</summary>
/// <param name="Keys">Partition keys of the records.</param>
/// <param name="Encoding">Of the records on their way in or out.</param>
/// <param name="Transport">What carries them, with connections or rate.</param>
/// <param name="Silos">Processes of the cluster.</param>
/// <param name="Shards">Of the stream.</param>
/// <param name="Aggregate">Largest aggregate.</param>
/// <param name="Limits">Whether the embedded Kinesis enforces the service's limits.</param>
internal sealed record Terms(
    KeyMode? Keys = null,
    string? Encoding = null,
    string? Transport = null,
    int? Silos = null,
    int? Shards = null,
    string? Aggregate = null,
    bool? Limits = null)
{
    /// <summary>ProducerOptions.AggregationMaxSize.</summary>
    public const string OurAggregate = "≤ 256 KiB";

    public static readonly string[] Titles = ["keys", "encoding", "transport", "silos", "shards", "aggregate", "limits"];

    public string[] Cells =>
    [
        Keys switch { KeyMode.None => "none", KeyMode.Hundred => "100", KeyMode.Distinct => "distinct", _ => "" },
        Encoding ?? "",
        Transport ?? "",
        $"{Silos}",
        $"{Shards}",
        Aggregate ?? "",
        Limits switch { true => "on", false => "off", _ => "" },
    ];
}
