using System.Globalization;
using System.Runtime.InteropServices;

namespace DataProcessor.Grains.Aggregation;

/// <summary>Whether user records belong to the shard; each key is hashed once per aggregate, and only if asked for.</summary>
internal sealed partial class AggregateReader
{
    private bool IsWholeInRange()
    {
        if (_tag is { } tag)
        {
            // A producer of the stream that had this one's name before settles by the old shards' ranges, which shard ids do
            // not tell apart: what it was told is stored must not be dropped.
            if (tag.StreamEpoch != streamEpoch)
            {
                return true;
            }

            return range.Contains(tag.Lowest) && range.Contains(tag.Highest);
        }

        foreach (var entry in _entries)
        {
            if (!IsInRange(entry))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsInRange(in Entry entry)
    {
        var isExplicit = entry.ExplicitHashKey != Absent;
        ref var key = ref isExplicit
            ? ref CollectionsMarshal.AsSpan(_explicitHashKeys)[entry.ExplicitHashKey]
            : ref CollectionsMarshal.AsSpan(_partitionKeys)[entry.PartitionKey];
        key.IsInRange ??= isExplicit
            ? IsExplicitHashKeyInRange(_protobuf.Span.Slice(key.Start, key.Length))
            : range.Contains(HashKey.FromPartitionKey(_protobuf.Span.Slice(key.Start, key.Length)));
        return key.IsInRange.Value;
    }

    /// <summary>A key that is no number cannot be judged, and what cannot be judged is delivered.</summary>
    private bool IsExplicitHashKeyInRange(ReadOnlySpan<byte> text) =>
        !UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ||
        range.Contains(new(value));
}
