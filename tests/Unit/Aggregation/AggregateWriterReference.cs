using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace DataProcessor.Unit.Aggregation;

/// <summary>
/// KPL's format read in the plainest way, from its description: strings, lists, no reuse. Independent of the
/// production reader, so that writer and reader cannot agree on a mistake.
/// </summary>
internal static class AggregateWriterReference
{
    internal sealed record UserRecord(string PartitionKey, string? ExplicitHashKey, byte[] Data, (string Key, string Value)[] Tags);

    public static List<UserRecord> Parse(byte[] aggregate)
    {
        Assert.Equal([0xF3, 0x89, 0x9A, 0xC2], aggregate[..4]);
        var message = aggregate[4..^16];
        Assert.Equal(MD5.HashData(message), aggregate[^16..]);

        var fields = Fields(message);
        string[] partitionKeys = [.. fields.Where(field => field.Number == 1).Select(field => Encoding.UTF8.GetString(field.Bytes))];
        string[] hashKeys = [.. fields.Where(field => field.Number == 2).Select(field => Encoding.UTF8.GetString(field.Bytes))];
        Assert.Equal(partitionKeys.Distinct(), partitionKeys);
        Assert.Equal(hashKeys.Distinct(), hashKeys);
        return [.. fields.Where(field => field.Number == 3).Select(field => Record(Fields(field.Bytes), partitionKeys, hashKeys))];
    }

    private static UserRecord Record(List<Field> fields, string[] partitionKeys, string[] hashKeys)
    {
        string? hashKey = null;
        foreach (var index in fields.Where(field => field.Number == 2))
        {
            hashKey = hashKeys[index.Value];
        }

        return new(
            partitionKeys[fields.Single(field => field.Number == 1).Value],
            hashKey,
            fields.Single(field => field.Number == 3).Bytes,
            [.. fields.Where(field => field.Number == 4).Select(field => Tag(Fields(field.Bytes)))]);
    }

    private static (string Key, string Value) Tag(List<Field> fields) => (
        Encoding.UTF8.GetString(fields.Single(field => field.Number == 1).Bytes),
        Encoding.UTF8.GetString(fields.Single(field => field.Number == 2).Bytes));

    private static List<Field> Fields(byte[] message)
    {
        List<Field> fields = [];
        var position = 0;
        while (position < message.Length)
        {
            var key = Varint(message, ref position);
            var value = Varint(message, ref position);
            if (key % 8 == 0)
            {
                fields.Add(new(key / 8, value, []));
                continue;
            }

            Assert.Equal(2, key % 8);
            fields.Add(new(key / 8, 0, message[position..(position + value)]));
            position += value;
        }

        return fields;
    }

    private static int Varint(byte[] message, ref int position)
    {
        var value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[position++];
            value |= (next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private readonly record struct Field(int Number, int Value, byte[] Bytes);
}
