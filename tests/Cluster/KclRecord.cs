using System.Security.Cryptography;
using System.Text;

namespace DataProcessor.Cluster;

/// <summary>
/// A Kinesis record under KCL's rule: an aggregate with any user record outside of its shard's range is dropped whole.
/// Takes aggregates apart by itself, so that nothing of the system's own reader is trusted.
/// </summary>
/// <param name="Delivered">The user records that KCL hands over.</param>
/// <param name="IsMisrouted">Whether KCL drops it.</param>
internal sealed record KclRecord(SentRecord[] Delivered, bool IsMisrouted)
{
    private static ReadOnlySpan<byte> Magic => [0xF3, 0x89, 0x9A, 0xC2];

    public static KclRecord Of(string partitionKey, byte[] data, HashKeyRange range)
    {
        if (!data.AsSpan().StartsWith(Magic) || !MD5.HashData(data.AsSpan(4..^16)).AsSpan().SequenceEqual(data.AsSpan(^16..)))
        {
            return new([new(partitionKey, Encoding.UTF8.GetString(data))], IsMisrouted: false);
        }

        var users = UserRecords(data.AsMemory(4..^16)).ToArray();
        return users.All(user => range.Contains(user.Hash))
            ? new([.. users.Select(user => user.Record)], IsMisrouted: false)
            : new([], IsMisrouted: true);
    }

    /// <summary>An aggregate as <c>aws-kinesis-agg</c> makes it: any keys, in the order given. Keys and data under 120 bytes.</summary>
    public static byte[] Aggregate(IReadOnlyCollection<SentRecord> records)
    {
        var message = new List<byte>();
        foreach (var record in records)
        {
            Append(message, 1, Encoding.UTF8.GetBytes(record.Key));
        }

        byte index = 0;
        foreach (var record in records)
        {
            var user = new List<byte> { 1 << 3, index++ };
            Append(user, 3, Encoding.UTF8.GetBytes(record.Data));
            Append(message, 3, [.. user]);
        }

        return [.. Magic, .. message, .. MD5.HashData([.. message])];
    }

    private static void Append(List<byte> message, int field, byte[] bytes) =>
        message.AddRange([(byte)((field << 3) | 2), checked((byte)(sbyte)bytes.Length), .. bytes]);

    private static IEnumerable<(SentRecord Record, HashKey Hash)> UserRecords(ReadOnlyMemory<byte> message)
    {
        var (keys, hashKeys) = (new List<string>(), new List<string>());
        foreach (var (field, _, bytes) in Fields(message))
        {
            switch (field)
            {
                case 1:
                    keys.Add(Encoding.UTF8.GetString(bytes.Span));
                    break;
                case 2:
                    hashKeys.Add(Encoding.UTF8.GetString(bytes.Span));
                    break;
                case 3:
                    var parts = Fields(bytes).Where(part => part.Field <= 3).ToDictionary(part => part.Field);
                    var key = keys[(int)parts[1].Number];
                    var hash = parts.TryGetValue(2, out var explicitKey)
                        ? HashKey.Parse(hashKeys[(int)explicitKey.Number])
                        : HashKey.FromPartitionKey(key);
                    yield return (new(key, Encoding.UTF8.GetString(parts[3].Bytes.Span)), hash);
                    break;
            }
        }
    }

    private static IEnumerable<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> Fields(ReadOnlyMemory<byte> message)
    {
        while (!message.IsEmpty)
        {
            var key = Varint(ref message);
            var number = Varint(ref message);
            var isBytes = (key & 7) == 2;
            yield return ((int)(key >> 3), number, isBytes ? message[..(int)number] : default);
            message = isBytes ? message[(int)number..] : message;
        }
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> message)
    {
        for (var (value, shift) = (0UL, 0); ; shift += 7)
        {
            var next = message.Span[0];
            message = message[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
