namespace DataProcessor.Aws.Local.Streams;

/// <summary>The hash keys that a shard takes, both ends included.</summary>
internal readonly record struct HashRange(UInt128 Start, UInt128 End)
{
    public bool Contains(UInt128 hash) => Start <= hash && hash <= End;

    /// <summary>The ranges of a new stream: all floor(2^128 / count) wide, the last one up to the end.</summary>
    public static HashRange[] Uniform(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var (quotient, remainder) = UInt128.DivRem(UInt128.MaxValue, (UInt128)count);

        // 2^128 itself does not fit: it is MaxValue + 1. A single shard never uses its width.
        var width = remainder == (UInt128)(count - 1) && count > 1 ? quotient + 1 : quotient;
        var ranges = new HashRange[count];
        for (var i = 0; i < count; i++)
        {
            var start = width * (UInt128)i;
            ranges[i] = new HashRange(start, i == count - 1 ? UInt128.MaxValue : start + width - 1);
        }

        return ranges;
    }
}
