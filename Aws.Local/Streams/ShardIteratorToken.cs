using System.Buffers.Binary;

namespace DataProcessor.Aws.Local.Streams;

/// <summary>Where GetRecords goes on. It stands for itself: the server remembers none.</summary>
/// <param name="Stream">Name of the stream.</param>
/// <param name="CreationMs">Creation of the stream.</param>
/// <param name="ShardIndex">The shard.</param>
/// <param name="Counter">Counter of the next record.</param>
/// <param name="IssuedMs">When it was given out; it expires after <see cref="LifetimeMs"/>.</param>
internal sealed record ShardIteratorToken(string Stream, long CreationMs, int ShardIndex, long Counter, long IssuedMs)
{
    public const long LifetimeMs = 300_000;
    private const byte Kind = 1;
    private const int FixedSize = 28;

    public override string ToString()
    {
        Span<byte> content = stackalloc byte[FixedSize + OpaqueToken.MaxNameLength];
        BinaryPrimitives.WriteInt64BigEndian(content, CreationMs);
        BinaryPrimitives.WriteInt32BigEndian(content[8..], ShardIndex);
        BinaryPrimitives.WriteInt64BigEndian(content[12..], Counter);
        BinaryPrimitives.WriteInt64BigEndian(content[20..], IssuedMs);
        var length = FixedSize + System.Text.Encoding.ASCII.GetBytes(Stream, content[FixedSize..]);
        return OpaqueToken.Seal(Kind, content[..length]);
    }

    /// <summary>Throws InvalidArgumentException for anything that was not made here, ExpiredIteratorException for old ones.</summary>
    public static ShardIteratorToken Parse(string text, long nowMs)
    {
        Span<byte> content = stackalloc byte[FixedSize + OpaqueToken.MaxNameLength];
        if (!OpaqueToken.TryOpen(Kind, text, content, out var length) || length <= FixedSize)
        {
            throw ServiceErrors.InvalidArgument("Invalid ShardIterator.");
        }

        var token = new ShardIteratorToken(
            System.Text.Encoding.ASCII.GetString(content[FixedSize..length]),
            BinaryPrimitives.ReadInt64BigEndian(content),
            BinaryPrimitives.ReadInt32BigEndian(content[8..]),
            BinaryPrimitives.ReadInt64BigEndian(content[12..]),
            BinaryPrimitives.ReadInt64BigEndian(content[20..]));
        return nowMs - token.IssuedMs <= LifetimeMs ? token : throw ServiceErrors.ExpiredIterator(token.IssuedMs, nowMs, LifetimeMs);
    }
}
