using System.Buffers.Binary;
using System.Text;

namespace DataProcessor.Aws.Local.Streams;

/// <summary>Where ListShards goes on, and with which filter.</summary>
/// <param name="Stream">Name of the stream.</param>
/// <param name="CreationMs">Creation of the stream.</param>
/// <param name="AfterIndex">Last shard given.</param>
/// <param name="Filter">As in the first call.</param>
/// <param name="IssuedMs">It expires after <see cref="LifetimeMs"/>.</param>
internal sealed record PageToken(string Stream, long CreationMs, int AfterIndex, ShardFilter Filter, long IssuedMs)
{
    public const long LifetimeMs = 300_000;
    private const byte Kind = 2;
    private const int FixedSize = 33;

    public override string ToString()
    {
        Span<byte> content = stackalloc byte[FixedSize + OpaqueToken.MaxNameLength];
        BinaryPrimitives.WriteInt64BigEndian(content, CreationMs);
        BinaryPrimitives.WriteInt32BigEndian(content[8..], AfterIndex);
        content[12] = (byte)(Array.IndexOf(ShardFilter.Types, Filter.Type) + 1);
        BinaryPrimitives.WriteInt32BigEndian(content[13..], Filter.AfterIndex);
        BinaryPrimitives.WriteInt64BigEndian(content[17..], Filter.TimestampMs);
        BinaryPrimitives.WriteInt64BigEndian(content[25..], IssuedMs);
        var length = FixedSize + Encoding.ASCII.GetBytes(Stream, content[FixedSize..]);
        return OpaqueToken.Seal(Kind, content[..length]);
    }

    /// <summary>Throws InvalidArgumentException for anything that was not made here, ExpiredNextTokenException for old ones.</summary>
    public static PageToken Parse(string text, long nowMs)
    {
        Span<byte> content = stackalloc byte[FixedSize + OpaqueToken.MaxNameLength];
        if (!OpaqueToken.TryOpen(Kind, text, content, out var length) || length <= FixedSize)
        {
            throw ServiceErrors.InvalidArgument("NextToken is invalid.");
        }

        var type = content[12] == 0 ? null : ShardFilter.Types[content[12] - 1];
        var token = new PageToken(
            Encoding.ASCII.GetString(content[FixedSize..length]),
            BinaryPrimitives.ReadInt64BigEndian(content),
            BinaryPrimitives.ReadInt32BigEndian(content[8..]),
            new ShardFilter(type, BinaryPrimitives.ReadInt32BigEndian(content[13..]), BinaryPrimitives.ReadInt64BigEndian(content[17..])),
            BinaryPrimitives.ReadInt64BigEndian(content[25..]));
        return nowMs - token.IssuedMs <= LifetimeMs ? token : throw ServiceErrors.ExpiredNextToken(token.IssuedMs, nowMs, LifetimeMs);
    }
}
