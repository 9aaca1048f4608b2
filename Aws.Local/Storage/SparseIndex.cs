namespace DataProcessor.Aws.Local.Storage;

/// <summary>
/// Where to start reading a segment: one point per 64 KiB, so its memory is a 2,700th of the data's size.
/// </summary>
internal sealed class SparseIndex
{
    public const int Spacing = 64 * 1024;
    private readonly Lock _gate = new();
    private readonly List<Point> _points = [];
    private long _highest;

    /// <summary>Offers an entry; kept if the last point is far enough away.</summary>
    public void Add(long offset, long counter, long arrivalMs)
    {
        lock (_gate)
        {
            // What filled a gap is found by the record that it comes before: points grow in counter.
            if (counter > _highest && (_points.Count == 0 || offset - _points[^1].Offset >= Spacing))
            {
                _points.Add(new Point(offset, counter, arrivalMs));
            }

            _highest = Math.Max(_highest, counter);
        }
    }

    /// <summary>
    /// An offset at or before the first entry with at least this counter and this arrival time. Both grow along the
    /// segment, so a point that is short of either one lies before that entry.
    /// </summary>
    public long Seek(long counter, long arrivalMs)
    {
        lock (_gate)
        {
            int low = 0, high = _points.Count;
            while (low < high)
            {
                var middle = (low + high) / 2;
                var point = _points[middle];
                if (point.Counter <= counter || point.ArrivalMs < arrivalMs)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }

            return low == 0 ? SegmentHeader.Size : _points[low - 1].Offset;
        }
    }

    private readonly record struct Point(long Offset, long Counter, long ArrivalMs);
}
