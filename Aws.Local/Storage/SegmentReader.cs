using System.Buffers;

namespace DataProcessor.Aws.Local.Storage;

/// <summary>Reads records of one segment into a <see cref="ReadBatch"/>.</summary>
internal static class SegmentReader
{
    private const int SmallestRead = 16 * 1024;

    /// <summary>Adds the records with at least this counter and arrival time, until the batch or the segment is full.</summary>
    public static void Read(Segment segment, long fromCounter, long fromArrivalMs, ReadBatch batch)
    {
        var end = segment.Length;
        var offset = segment.Seek(fromCounter, fromArrivalMs);
        long atLeast = 0;
        while (offset < end && !batch.IsComplete)
        {
            var length = (int)Math.Min(end - offset, Math.Max(atLeast, Guess(segment, batch)));
            var buffer = ArrayPool<byte>.Shared.Rent(length);
            var before = batch.Added;
            try
            {
                segment.Read(buffer.AsSpan(0, length), offset);
                var done = Take(segment, buffer.AsMemory(0, length), offset, fromCounter, fromArrivalMs, batch, out atLeast);
                if (done == 0 && length == end - offset && !batch.IsComplete)
                {
                    throw Damaged(segment, offset);
                }

                offset += done;
            }
            finally
            {
                if (batch.Added > before)
                {
                    batch.Keep(buffer);
                }
                else
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }
        }
    }

    // The batch's room at the segment's mean entry size, and the way from the index point to the first record.
    private static long Guess(Segment segment, ReadBatch batch) =>
        Math.Max(SmallestRead, Math.Min(Math.Max(1, batch.Room) * segment.MeanEntryLength, batch.ByteRoom) + SparseIndex.Spacing);

    /// <returns>Bytes done with; 0 if the first entry needs <paramref name="needed"/> bytes.</returns>
    private static int Take(
        Segment segment, ReadOnlyMemory<byte> bytes, long offset, long fromCounter, long fromArrivalMs, ReadBatch batch, out long needed)
    {
        var done = 0;
        needed = EntryHeader.Size;
        while (bytes.Length - done >= EntryHeader.Size)
        {
            if (!EntryHeader.TryRead(bytes.Span[done..], out var header))
            {
                throw Damaged(segment, offset + done);
            }

            if (header.Counter > batch.LastVisible)
            {
                batch.IsComplete = true; // What is behind it cannot be seen either.
                break;
            }

            needed = header.TotalLength;
            if (bytes.Length - done < header.TotalLength)
            {
                break;
            }

            if (header.Counter >= fromCounter && header.ArrivalMs >= fromArrivalMs)
            {
                if (!batch.HasRoomFor(header))
                {
                    break;
                }

                var keyAndData = bytes.Slice(done + EntryHeader.Size, header.KeyLength + header.DataLength);
                if (!header.Matches(keyAndData.Span))
                {
                    throw Damaged(segment, offset + done);
                }

                batch.Add(header, keyAndData);
            }

            done += header.TotalLength;
        }

        return done;
    }

    private static InvalidDataException Damaged(Segment segment, long offset) =>
        new($"Segment {segment} is damaged at byte {offset}: an entry does not match its checksum.");
}
