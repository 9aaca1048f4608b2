using System.Text.Json.Nodes;

namespace DataProcessor.Load.Processes;

/// <summary>What the embedded Kinesis has counted since its start.</summary>
/// <param name="PutCalls">PutRecords and PutRecord calls, refused ones included.</param>
/// <param name="Calls">Calls of any operation.</param>
/// <param name="RecordsStored">Kinesis records.</param>
/// <param name="BytesStored">Their data and partition keys.</param>
/// <param name="Throttled">Kinesis records, and calls, over the limits.</param>
/// <param name="RecordsDelivered">Kinesis records, pushed or polled.</param>
internal sealed record KinesisCounts(
    long PutCalls, long Calls, long RecordsStored, long BytesStored, long Throttled, long RecordsDelivered)
{
    /// <param name="status">Answer to <c>GET /</c>.</param>
    public static KinesisCounts Parse(string status)
    {
        var counters = JsonNode.Parse(status)!["counters"]!;
        var calls = counters["calls"]!.AsObject();
        return new(
            Of(calls, "PutRecords") + Of(calls, "PutRecord"),
            calls.Sum(call => (long)call.Value!),
            Of(counters, "recordsStored"),
            Of(counters, "bytesStored"),
            Of(counters, "recordsThrottled") + Of(counters, "callsThrottled"),
            Of(counters, "recordsPushed") + Of(counters, "recordsRead"));
    }

    public static KinesisCounts operator -(KinesisCounts after, KinesisCounts before) => new(
        after.PutCalls - before.PutCalls,
        after.Calls - before.Calls,
        after.RecordsStored - before.RecordsStored,
        after.BytesStored - before.BytesStored,
        after.Throttled - before.Throttled,
        after.RecordsDelivered - before.RecordsDelivered);

    private static long Of(JsonNode counters, string name) => (long?)counters[name] ?? 0;
}
