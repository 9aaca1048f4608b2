using System.Buffers.Binary;

namespace DataProcessor.Aws.Local.Storage;

/// <summary>
/// First bytes of a segment. Little endian: 0 checksum of bytes 4–23, 4 magic "LKS1", 8 base counter, 16 base arrival.
/// </summary>
/// <param name="BaseCounter">Every entry's counter is at least this.</param>
/// <param name="BaseArrivalMs">Every entry arrived at or after this; no entry of an earlier segment arrived later.</param>
internal readonly record struct SegmentHeader(long BaseCounter, long BaseArrivalMs)
{
    public const int Size = 24;
    private const uint Magic = 0x3153_4B4C;

    public void WriteTo(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], Magic);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], BaseCounter);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], BaseArrivalMs);
        BinaryPrimitives.WriteUInt32LittleEndian(target, Crc32C.Compute(target[4..Size]));
    }

    public static bool TryRead(ReadOnlySpan<byte> source, out SegmentHeader header)
    {
        header = new SegmentHeader(
            BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]));
        return BinaryPrimitives.ReadUInt32LittleEndian(source) == Crc32C.Compute(source[4..Size])
            && BinaryPrimitives.ReadUInt32LittleEndian(source[4..]) == Magic;
    }
}
