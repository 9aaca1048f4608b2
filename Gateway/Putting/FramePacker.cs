using System.Buffers.Binary;
using DataProcessor.Gateway.Reading;
using DataProcessor.Gateway.Routing;

namespace DataProcessor.Gateway.Putting;

/// <summary>Cuts the records of a shard into puts.</summary>
internal static class FramePacker
{
    /// <summary>
    /// Most bytes of a put, so that its buffer stays below the large object heap (85,000 B). A larger record travels
    /// alone.
    /// </summary>
    public const int ChunkBytes = 64 * 1024;

    /// <summary>The first chunk of <paramref name="rest"/>: at least one record.</summary>
    public static PackedChunk Pack(IncomingRecords records, ArraySegment<int> rest, ShardTarget target)
    {
        var (count, bytes) = (1, records.FrameLengthOf(rest[0]));
        while (count < rest.Count && bytes + records.FrameLengthOf(rest[count]) <= ChunkBytes)
        {
            bytes += records.FrameLengthOf(rest[count++]);
        }

        var frames = GC.AllocateUninitializedArray<byte>(bytes);
        var at = frames.AsSpan();
        foreach (var record in rest[..count])
        {
            var frame = records.FrameOf(record);
            frame.CopyTo(at);
            if (RecordFrame.Read(frame).IsKeyless)
            {
                // No key chose this shard: any hash key of it will do.
                BinaryPrimitives.WriteUInt128BigEndian(at, target.Shard.Range.Middle.Value);
            }

            at = at[frame.Length..];
        }

        return new(rest[..count], frames);
    }
}
