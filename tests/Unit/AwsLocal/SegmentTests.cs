using DataProcessor.Aws.Local.Storage;
using Xunit;

namespace DataProcessor.Unit.AwsLocal;

public sealed class SegmentTests
{
    [Fact]
    public void What_a_failed_write_left_is_cut_off_once()
    {
        var disk = new FillingDisk();
        using var segment = Segment.Create("segment", new SegmentHeader(1, 1), disk);
        segment.Append(Entry(1));
        var whole = disk.Length;

        disk.IsFull = true;
        Assert.Throws<IOException>(() => segment.Append(Entry(2)));
        Assert.True(disk.Length > whole, "The disk took nothing: there is no debris.");
        segment.CutDebris();
        segment.CutDebris();

        Assert.Equal(whole, disk.Length);
        Assert.Equal(1, disk.Cuts);
        Assert.Equal(1, segment.LastCounter);
    }

    private static byte[] Entry(long counter)
    {
        var entry = new byte[EntryHeader.LengthOf(1, 100)];
        EntryHeader.WriteEntry(entry, "k"u8, new byte[100], counter, arrivalMs: 1);
        return entry;
    }

    /// <summary>Takes half of what it is given once it is full.</summary>
    private sealed class FillingDisk : ISegmentBytes
    {
        private readonly MemoryStream _bytes = new();

        public bool IsFull { get; set; }

        public int Cuts { get; private set; }

        public long Length => _bytes.Length;

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            _bytes.Position = offset;
            _bytes.Write(IsFull ? bytes[..(bytes.Length / 2)] : bytes);
            if (IsFull)
            {
                throw new IOException("No space left on device");
            }
        }

        public void Read(Span<byte> target, long offset)
        {
            _bytes.Position = offset;
            _bytes.ReadExactly(target);
        }

        public void Truncate(long length)
        {
            _bytes.SetLength(length);
            Cuts++;
        }

        public void Seal()
        {
        }

        public void Delete()
        {
        }

        public void Dispose() => _bytes.Dispose();
    }
}
