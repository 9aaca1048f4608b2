using System.Buffers.Binary;

namespace DataProcessor.Aws.Local.Storage;

/// <summary>
/// Head of one stored record; the partition key (UTF-8) and the data follow. Little endian:
/// 0 checksum of bytes 4–31, 4 checksum of key and data, 8 data length, 12 key length, 16 counter, 24 arrival (epoch ms).
/// The head has its own checksum so that a length can be trusted before the bytes behind it are there: this tells a torn
/// tail (head whole, bytes missing) from a damaged file.
/// </summary>
internal readonly record struct EntryHeader(uint PayloadChecksum, int DataLength, int KeyLength, long Counter, long ArrivalMs)
{
    public const int Size = 32;

    public int TotalLength => Size + KeyLength + DataLength;

    public static int LengthOf(int keyLength, int dataLength) => Size + keyLength + dataLength;

    /// <summary>Writes a whole entry.</summary>
    public static void WriteEntry(Span<byte> target, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, long counter, long arrivalMs)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], Crc32C.Compute(key, data));
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], data.Length);
        BinaryPrimitives.WriteInt32LittleEndian(target[12..], key.Length);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], counter);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], arrivalMs);
        BinaryPrimitives.WriteUInt32LittleEndian(target, Crc32C.Compute(target[4..Size]));
        key.CopyTo(target[Size..]);
        data.CopyTo(target[(Size + key.Length)..]);
    }

    /// <summary>False if the head's own checksum does not match.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out EntryHeader header)
    {
        header = new EntryHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(source[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[24..]));
        return BinaryPrimitives.ReadUInt32LittleEndian(source) == Crc32C.Compute(source[4..Size])
            && header.DataLength >= 0
            && header.KeyLength >= 0;
    }

    /// <summary>Whether key and data are as they were written.</summary>
    public bool Matches(ReadOnlySpan<byte> keyAndData) => Crc32C.Compute(keyAndData) == PayloadChecksum;
}
