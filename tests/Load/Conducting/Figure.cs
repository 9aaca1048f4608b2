using System.Globalization;

namespace DataProcessor.Load.Conducting;

/// <summary>A kind of figure: a column of the tables.</summary>
/// <param name="Title">With its unit.</param>
/// <param name="Format">Of its values.</param>
internal sealed record Figure(string Title, string Format)
{
    public static readonly Figure MegabytesPerSecond = new("MB/s", "N1");
    public static readonly Figure RecordsPerSecond = new("records/s", "N0");
    public static readonly Figure RequestsPerSecond = new("requests/s", "N0");
    public static readonly Figure MicrosPerRecord = new("µs CPU/record", "N2");
    public static readonly Figure RecordsPerCpuSecond = new("records/CPU s", "N0");
    public static readonly Figure RequestsPerCpuSecond = new("requests/CPU s", "N0");
    public static readonly Figure AllocatedPerRecord = new("B allocated/record", "N0");
    public static readonly Figure Gen0 = new("gen 0", "N0");
    public static readonly Figure Gen1 = new("gen 1", "N0");
    public static readonly Figure Gen2 = new("gen 2", "N0");
    public static readonly Figure PausePercent = new("GC pause %", "N2");
    public static readonly Figure SiloCores = new("cores, silos", "N3");
    public static readonly Figure KinesisCores = new("cores, Kinesis", "N2");
    public static readonly Figure GeneratorCores = new("cores, generator", "N2");
    public static readonly Figure P50 = new("p50 ms", "N2");
    public static readonly Figure P99 = new("p99 ms", "N2");
    public static readonly Figure Samples = new("samples", "N0");
    public static readonly Figure LateP99 = new("sent late p99 ms", "N2");
    public static readonly Figure RecordsPerPutCall = new("records/PutRecords", "N1");
    public static readonly Figure RecordsPerKinesisRecord = new("records/Kinesis record", "N1");
    public static readonly Figure CallsPerSecond = new("Kinesis calls/s", "N1");
    public static readonly Figure Throttles = new("throttles", "N0");
    public static readonly Figure Refused = new("429s", "N0");
    public static readonly Figure Partial = new("207s", "N0");
    public static readonly Figure Requests = new("requests", "N0");
    public static readonly Figure OfferedPercent = new("offered %", "N0");
    public static readonly Figure CapacityPercent = new("used %", "N1");
    public static readonly Figure ResidentMegabytes = new("RSS MB", "N0");
    public static readonly Figure WrittenPerSecond = new("storage KB/s", "N1");
    public static readonly Figure StartSeconds = new("all read after s", "N1");

    // Made of other lines' medians, see Derivation.
    public static readonly Figure Floor = new("floor", "N2");
    public static readonly Figure TimesFloor = new("× floor", "N1");
    public static readonly Figure OfBareKestrel = new("of bare Kestrel", "P0");
    public static readonly Figure KilobytesPerShard = new("KB/shard", "N1");

    public string Render(double value) => value.ToString(Format, CultureInfo.InvariantCulture);
}

/// <summary>What one round of a line found.</summary>
internal sealed class Figures : Dictionary<Figure, double>;
