using System.Buffers.Binary;
using System.Buffers.Text;

namespace DataProcessor.Grains.Aggregation;

/// <summary>
/// What our producer writes as a tag on the first record of an aggregate; other readers ignore tags. A reader sees from
/// it, without hashing a key, whether the whole aggregate belongs to the shard where it landed.
/// </summary>
/// <param name="Incarnation">Name of the producer's activation, see <see cref="NameIncarnation"/>.</param>
/// <param name="Counter">Aggregates that the activation made before this one; a repeated send keeps it.</param>
/// <param name="Lowest">Lowest hash key inside.</param>
/// <param name="Highest">Highest hash key inside.</param>
internal readonly record struct AggregateTag(ulong Incarnation, ulong Counter, HashKey Lowest, HashKey Highest)
{
    private const int BinarySize = sizeof(ulong) + sizeof(ulong) + HashKey.Size + HashKey.Size;

    /// <summary>Length of the base64 value: 48 bytes make 64.</summary>
    public const int ValueSize = BinarySize / 3 * 4;

    // Leaves 40 bits for the epoch: seconds until the year 36812.
    private const int RandomBits = 24;

    public static ReadOnlySpan<byte> Key => "dp"u8;

    /// <summary>Creation epoch of the stream that the producer wrote for, in Unix seconds.</summary>
    public long StreamEpoch => (long)(Incarnation >> RandomBits);

    /// <summary>The stream's creation epoch above random bits.</summary>
    public static ulong NameIncarnation(long streamEpoch, Random random) =>
        ((ulong)streamEpoch << RandomBits) | (uint)random.Next(1 << RandomBits);

    public void Write(Span<byte> base64)
    {
        Span<byte> binary = stackalloc byte[BinarySize];
        BinaryPrimitives.WriteUInt64BigEndian(binary, Incarnation);
        BinaryPrimitives.WriteUInt64BigEndian(binary[8..], Counter);
        BinaryPrimitives.WriteUInt128BigEndian(binary[16..], Lowest.Value);
        BinaryPrimitives.WriteUInt128BigEndian(binary[32..], Highest.Value);
        Base64.EncodeToUtf8(binary, base64, out _, out _);
    }

    public static bool TryRead(ReadOnlySpan<byte> base64, out AggregateTag tag)
    {
        Span<byte> binary = stackalloc byte[BinarySize];
        tag = default;
        if (base64.Length != ValueSize ||
            Base64.DecodeFromUtf8(base64, binary, out _, out var written) != System.Buffers.OperationStatus.Done ||
            written != BinarySize)
        {
            return false;
        }

        tag = new(
            BinaryPrimitives.ReadUInt64BigEndian(binary),
            BinaryPrimitives.ReadUInt64BigEndian(binary[8..]),
            new(BinaryPrimitives.ReadUInt128BigEndian(binary[16..])),
            new(BinaryPrimitives.ReadUInt128BigEndian(binary[32..])));
        return true;
    }
}
