using System.Globalization;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Aws.Local.Storage;

/// <summary>The segments of one shard: files named by their base counter in its folder, or memory without a folder.</summary>
internal sealed partial class SegmentStore(string? folder, ILogger logger)
{
    /// <summary>Size at which the next write opens a new segment; expiry deletes whole segments.</summary>
    public const long SegmentBytes = 64L * 1024 * 1024;

    // A quiet shard's segment would otherwise keep a day's records long after the retention period.
    private static readonly TimeSpan SegmentAge = TimeSpan.FromHours(1);
    private const string Suffix = ".segment";

    public static bool IsFull(Segment segment, long nowMs) =>
        !segment.IsEmpty
        && (segment.Length >= SegmentBytes || nowMs - segment.FirstArrivalMs >= SegmentAge.TotalMilliseconds);

    public Segment Create(SegmentHeader header)
    {
        if (folder is null)
        {
            return Segment.Create($"memory {header.BaseCounter}", header, new MemorySegmentBytes());
        }

        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, header.BaseCounter.ToString("D18", CultureInfo.InvariantCulture) + Suffix);
        var bytes = FileSegmentBytes.Create(path);
        try
        {
            return Segment.Create(path, header, bytes);
        }
        catch
        {
            bytes.Delete();
            throw;
        }
    }

    /// <summary>Opens what an earlier run left, in order; cuts a torn tail; throws InvalidDataException on damage.</summary>
    public Segment[] Recover()
    {
        if (folder is null || !Directory.Exists(folder))
        {
            return [];
        }

        var paths = Directory.GetFiles(folder, "*" + Suffix).Order(StringComparer.Ordinal).ToList();
        while (paths is [.., var newest] && new FileInfo(newest).Length < SegmentHeader.Size)
        {
            // The process ended while it created the segment: nothing was written to it yet.
            LogUnfinishedSegment(newest);
            File.Delete(newest);
            paths.RemoveAt(paths.Count - 1);
        }

        var headers = paths.ConvertAll(ReadHeader);
        var segments = new Segment[paths.Count];
        for (var i = 0; i < paths.Count; i++)
        {
            segments[i] = i < paths.Count - 1
                ? Segment.OpenSealed(paths[i], headers[i], FileSegmentBytes.OpenSealed(paths[i]), new FileInfo(paths[i]).Length, headers[i + 1])
                : RecoverNewest(paths[i], headers[i]);
        }

        return segments;
    }

    private Segment RecoverNewest(string path, SegmentHeader header)
    {
        var length = new FileInfo(path).Length;
        var bytes = FileSegmentBytes.OpenForWriting(path);
        try
        {
            var (segment, cutOff) = Segment.Recover(path, header, bytes, length);
            if (cutOff > 0)
            {
                LogTornTail(path, cutOff);
            }

            return segment;
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    private static SegmentHeader ReadHeader(string path)
    {
        Span<byte> head = stackalloc byte[SegmentHeader.Size];
        using var bytes = FileSegmentBytes.OpenSealed(path);
        bytes.Read(head, 0);
        return SegmentHeader.TryRead(head, out var header)
            ? header
            : throw new InvalidDataException(
                $"Segment {path} is damaged: its head does not match its checksum. Nothing was changed; "
                + "restore the file, or delete the data folder to start with empty streams.");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Removed {Path}: the process ended before anything was written to it; nothing is lost")]
    private partial void LogUnfinishedSegment(string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cut an unacknowledged tail of {Bytes} bytes off {Path}: the process ended during a write; no acknowledged record is lost")]
    private partial void LogTornTail(string path, long bytes);
}
