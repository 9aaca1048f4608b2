using System.Text;

namespace DataProcessor.Benchmarks;

/// <summary>User records of 200 random bytes, the same in every benchmark and run.</summary>
internal static class UserRecords
{
    public const int DataSize = 200;

    /// <summary>With these an aggregate has about 250 KB, which is where the producer closes it.</summary>
    public const int PerAggregate = 1100;

    /// <summary>Framed as a put has them, one after the other.</summary>
    public static byte[] Frames(int count, Keys keys)
    {
        using var frames = new MemoryStream();
        var frame = new byte[RecordFrame.SizeOf(64, DataSize)];
        foreach (var (key, data) in Of(count, keys))
        {
            frames.Write(frame, 0, RecordFrame.Write(
                frame,
                keys == Keys.None ? default : HashKey.FromPartitionKey(key),
                hasExplicitHashKey: false,
                isKeyless: keys == Keys.None,
                key,
                data));
        }

        return frames.ToArray();
    }

    public static IEnumerable<(byte[] Key, byte[] Data)> Of(int count, Keys keys)
    {
        var random = new Random(1);
        for (var i = 0; i < count; i++)
        {
            var data = new byte[DataSize];
            random.NextBytes(data);
            yield return (Encoding.UTF8.GetBytes(KeyOf(i, keys)), data);
        }
    }

    private static string KeyOf(int index, Keys keys) => keys switch
    {
        Keys.None => RecordFrame.KeylessPartitionKey,
        Keys.Hundred => $"customer-{index % 100}",
        _ => $"customer-{index}",
    };
}
