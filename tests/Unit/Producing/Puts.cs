using System.Text;

namespace DataProcessor.Unit.Producing;

/// <summary>A record of a test: key (null for keyless), explicit hash key, data.</summary>
internal sealed record TestRecord(string? PartitionKey, byte[] Data, HashKey? ExplicitHashKey = null)
{
    public HashKey HashKey => ExplicitHashKey ?? HashKey.FromPartitionKey(PartitionKey ?? RecordFrame.KeylessPartitionKey);

    public static TestRecord Of(string? partitionKey, string data) => new(partitionKey, Encoding.UTF8.GetBytes(data));
}

/// <summary>Puts as the gateway frames them.</summary>
internal static class Puts
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static PutRequest Of(params TestRecord[] records) => Of(Patience, records);

    public static PutRequest Of(TimeSpan timeToLive, params TestRecord[] records) =>
        new(new(Guid.NewGuid()), 1, timeToLive, records.Length, Frames(records));

    public static PutRequest Of(params string[] keys) => Of([.. keys.Select(key => TestRecord.Of(key, $"data of {key}"))]);

    public static PutRequest OfSize(int records, int dataSize, string key = "key") =>
        Of([.. Enumerable.Range(0, records).Select(i => new TestRecord($"{key}{i}", new byte[dataSize]))]);

    private static byte[] Frames(TestRecord[] records)
    {
        var buffer = new byte[records.Sum(record => RecordFrame.SizeOf(Key(record).Length, record.Data.Length))];
        var length = 0;
        foreach (var record in records)
        {
            length += RecordFrame.Write(
                buffer.AsSpan(length), record.HashKey, record.ExplicitHashKey is not null, record.PartitionKey is null, Key(record), record.Data);
        }

        return buffer;
    }

    private static byte[] Key(TestRecord record) => Encoding.UTF8.GetBytes(record.PartitionKey ?? RecordFrame.KeylessPartitionKey);
}
