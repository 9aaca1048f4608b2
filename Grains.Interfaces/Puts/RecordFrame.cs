using System.Buffers.Binary;

namespace DataProcessor;

/// <summary>
/// One user record inside the contiguous buffer of a put:
/// hash key (16 bytes, big endian) · flags (1) · partition key length (2, little endian) · data length (4, little
/// endian) · partition key (UTF-8) · data.
/// </summary>
public readonly ref struct RecordFrame
{
    /// <summary>Bytes before the partition key.</summary>
    public const int HeaderSize = HashKey.Size + 1 + sizeof(ushort) + sizeof(int);

    /// <summary>Partition key of records that came without one. Their order is not promised.</summary>
    public const string KeylessPartitionKey = "-";

    private const byte ExplicitHashKeyFlag = 1;
    private const byte KeylessFlag = 2;

    private RecordFrame(HashKey hashKey, byte flags, ReadOnlySpan<byte> partitionKey, ReadOnlySpan<byte> data)
    {
        HashKey = hashKey;
        HasExplicitHashKey = (flags & ExplicitHashKeyFlag) != 0;
        IsKeyless = (flags & KeylessFlag) != 0;
        PartitionKey = partitionKey;
        Data = data;
    }

    /// <summary>What routes the record: its explicit hash key, or the MD5 of its partition key.</summary>
    public HashKey HashKey { get; }

    public bool HasExplicitHashKey { get; }

    /// <summary>The record came without a key: the producer may give it any hash key of its shard.</summary>
    public bool IsKeyless { get; }

    public ReadOnlySpan<byte> PartitionKey { get; }

    public ReadOnlySpan<byte> Data { get; }

    public int Length => HeaderSize + PartitionKey.Length + Data.Length;

    public static int SizeOf(int partitionKeyLength, int dataLength) => HeaderSize + partitionKeyLength + dataLength;

    /// <summary>Writes a frame to the start of <paramref name="target"/> and returns its length.</summary>
    public static int Write(
        Span<byte> target,
        HashKey hashKey,
        bool hasExplicitHashKey,
        bool isKeyless,
        ReadOnlySpan<byte> partitionKey,
        ReadOnlySpan<byte> data)
    {
        BinaryPrimitives.WriteUInt128BigEndian(target, hashKey.Value);
        var flags = (hasExplicitHashKey ? ExplicitHashKeyFlag : 0) | (isKeyless ? KeylessFlag : 0);
        target[HashKey.Size] = (byte)flags;
        BinaryPrimitives.WriteUInt16LittleEndian(target[(HashKey.Size + 1)..], checked((ushort)partitionKey.Length));
        BinaryPrimitives.WriteInt32LittleEndian(target[(HashKey.Size + 3)..], data.Length);
        partitionKey.CopyTo(target[HeaderSize..]);
        data.CopyTo(target[(HeaderSize + partitionKey.Length)..]);
        return SizeOf(partitionKey.Length, data.Length);
    }

    /// <summary>Reads the frame at the start of <paramref name="frames"/>.</summary>
    /// <exception cref="FormatException">The buffer ends inside the frame.</exception>
    public static RecordFrame Read(ReadOnlySpan<byte> frames)
    {
        if (frames.Length < HeaderSize)
        {
            throw new FormatException($"A record frame needs {HeaderSize} bytes, {frames.Length} are left.");
        }

        var hash = new HashKey(BinaryPrimitives.ReadUInt128BigEndian(frames));
        int keyLength = BinaryPrimitives.ReadUInt16LittleEndian(frames[(HashKey.Size + 1)..]);
        var dataLength = BinaryPrimitives.ReadInt32LittleEndian(frames[(HashKey.Size + 3)..]);
        if (dataLength < 0 || frames.Length - HeaderSize - keyLength < dataLength)
        {
            throw new FormatException($"A record frame of {dataLength} data bytes ends outside its buffer.");
        }

        return new(
            hash,
            frames[HashKey.Size],
            frames.Slice(HeaderSize, keyLength),
            frames.Slice(HeaderSize + keyLength, dataLength));
    }
}
