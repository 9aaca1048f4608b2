namespace DataProcessor.Load.Conducting;

/// <summary>A table: what it is about, and its columns after the terms.</summary>
internal sealed record Section(string Title, string Prose, Column[] Columns)
{
    public static readonly Section Kinesis = new(
        "The embedded Kinesis alone",
        "Puts of ready-made records, no reader, records on disk. It must carry far more than is asked of it below, or it would be what is measured.",
        [
            Figure.MegabytesPerSecond, Figure.RecordsPerSecond, Figure.RequestsPerSecond, Column.Latency, Column.OtherCores, Figure.LateP99,
        ]);

    public static readonly Section Bare = new(
        "Bare costs and peers",
        "What nobody can save, and what others do. *Bare Kestrel* parses the same JSON and answers as many bytes. *Bare put* writes aggregates with "
        + "their MD5, CBOR and SHA-256 to a socket. *Bare reader* takes the pushed events off a socket, checks their CRC and the aggregates' MD5. "
        + "The CPU is that of the one process, client or server, that stands for ours.",
        [Figure.RequestsPerSecond, Figure.RecordsPerSecond, Figure.MicrosPerRecord, Figure.RecordsPerCpuSecond, Column.Latency]);

    public static readonly Section Intake = new(
        "Durable posts",
        "Closed loop: each connection posts as soon as it has its answer, which comes when Kinesis has the records. The CPU is that of the whole silo: "
        + "gateway, producer, and also reader and processor, which get every record back and check it. Floor: bare Kestrel + bare put + bare reader.",
        [
            Figure.RequestsPerSecond, Figure.RecordsPerSecond, Figure.MicrosPerRecord, Column.Floor, Figure.RequestsPerCpuSecond,
            Figure.RecordsPerCpuSecond, Figure.OfBareKestrel, Column.Latency, Figure.AllocatedPerRecord, Column.Collections, Column.Packing,
            Figure.Throttles, Column.OtherCores,
        ]);

    public static readonly Section Consume = new(
        "Reading",
        "Aggregates are put at a constant rate; a silo reads them and hands them to a processor that does nothing. Every record is counted. "
        + "Floor: the bare reader of the same records.",
        [
            Figure.RecordsPerSecond, Figure.MicrosPerRecord, Column.Floor, Figure.RecordsPerCpuSecond, Figure.AllocatedPerRecord, Column.Collections,
        ]);

    public static readonly Section Latency = new(
        "Latency",
        "Open loop: requests are due at random (Poisson) or constant gaps, and time counts from then, so that a late answer delays no measurement "
        + "(coordinated omission corrected). Idle: a request every 250 ms, each alone. Floor of the median: an answer of bare Kestrel and a PutRecords "
        + "call of one record at the same Kinesis, at 1,000/s each. *Sent late* is the generator's own delay, or that no connection was free: where "
        + "it is not small, the rate is more than the system takes.",
        [
            Figure.RecordsPerSecond, Column.Latency, Column.Floor, Figure.Samples, Figure.LateP99, Figure.RecordsPerPutCall, Figure.Refused,
            Figure.SiloCores,
        ]);

    public static readonly Section Capacity = new(
        "The shards' capacity",
        "Half as much again is offered as the shards take (1 MiB/s each); the embedded Kinesis enforces it and counts. Floor: 100 % used, nothing "
        + "throttled, what is too much refused with 429. A request that was taken in part is answered 207.",
        [
            Figure.OfferedPercent, Figure.CapacityPercent, Figure.Throttles, Figure.RecordsPerSecond, Column.Answers, Column.Latency, Figure.SiloCores,
        ]);

    public static readonly Section Idle = new(
        "Idle shards",
        "A silo reads a stream to which nobody writes. Floor: the same silo with one shard; what is more, by shard, is in the last column.",
        [
            Figure.StartSeconds, Figure.ResidentMegabytes, new Column("floor", Figure.Floor), Figure.SiloCores, Figure.WrittenPerSecond, Figure.CallsPerSecond,
            Figure.KilobytesPerShard,
        ]);

    public static readonly Section Scale = new(
        "CPU by shards and silos",
        "The same load, by a constant rate, on more shards and on more silos; the CPU is that of all silos together. Floor as for durable posts.",
        [
            Figure.RecordsPerSecond, Figure.MicrosPerRecord, Column.Floor, Column.Packing, Figure.AllocatedPerRecord, Column.Latency, Figure.LateP99,
        ]);

    /// <summary>In the order of the document.</summary>
    public static readonly Section[] All = [Kinesis, Bare, Intake, Consume, Latency, Capacity, Idle, Scale];
}
