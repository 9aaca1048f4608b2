using System.Buffers;
using DataProcessor.Gateway.Reading;

namespace DataProcessor.Gateway.Routing;

/// <summary>
/// Stage 2: groups records by the shard that owns their hash key, in their order. Records without a key go to one
/// shard until they fill a chunk, and then to the next.
/// </summary>
internal static class RecordRouter
{
    /// <param name="records">The request's records.</param>
    /// <param name="positions">Which of them.</param>
    /// <param name="routes">Where to.</param>
    /// <param name="keylessBytesPerShard">Bytes of records without a key after which the next shard gets them.</param>
    /// <param name="timestamp">Now.</param>
    /// <param name="keylessTurn">
    /// Where records without a key begin, when the same records must go the same way each time; null to take turns and
    /// avoid shards in trouble.
    /// </param>
    public static ShardGroup[] Route(
        IncomingRecords records,
        ReadOnlySpan<int> positions,
        StreamRoutes routes,
        int keylessBytesPerShard,
        long timestamp,
        uint? keylessTurn = null)
    {
        var targetOf = ArrayPool<int>.Shared.Rent(positions.Length);
        var bytesOf = ArrayPool<long>.Shared.Rent(routes.Targets.Length);
        var countOf = ArrayPool<int>.Shared.Rent(routes.Targets.Length);
        try
        {
            Array.Clear(bytesOf, 0, routes.Targets.Length);
            Array.Clear(countOf, 0, routes.Targets.Length);
            var keyless = new KeylessTurn(routes, keylessBytesPerShard, timestamp, keylessTurn);
            for (var i = 0; i < positions.Length; i++)
            {
                var frame = RecordFrame.Read(records.FrameOf(positions[i]));
                var target = frame.IsKeyless ? keyless.Next(frame.Length) : routes.Map.IndexOf(frame.HashKey);
                targetOf[i] = target;
                bytesOf[target] += frame.Length;
                countOf[target]++;
            }

            return Group(positions, targetOf, countOf, bytesOf, routes.Targets);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(targetOf);
            ArrayPool<int>.Shared.Return(countOf);
            ArrayPool<long>.Shared.Return(bytesOf);
        }
    }

    /// <summary>A counting sort: all groups are segments of one array.</summary>
    private static ShardGroup[] Group(
        ReadOnlySpan<int> positions, int[] targetOf, int[] countOf, long[] bytesOf, ShardTarget[] targets)
    {
        var groups = new ShardGroup[countOf.AsSpan(0, targets.Length).Length - countOf.AsSpan(0, targets.Length).Count(0)];
        var grouped = new int[positions.Length];
        var (group, start) = (0, 0);
        for (var target = 0; target < targets.Length; target++)
        {
            var count = countOf[target];
            if (count > 0)
            {
                groups[group++] = new(targets[target], new(grouped, start, count), bytesOf[target]);
                countOf[target] = start;
                start += count;
            }
        }

        for (var i = 0; i < positions.Length; i++)
        {
            grouped[countOf[targetOf[i]]++] = positions[i];
        }

        return groups;
    }

    private struct KeylessTurn(StreamRoutes routes, int bytesPerShard, long timestamp, uint? turn)
    {
        private int _target = -1;
        private int _bytes;

        public int Next(int frameBytes)
        {
            if (_target < 0 || _bytes + frameBytes > bytesPerShard)
            {
                _target = turn is { } given ? (int)(given % (uint)routes.Targets.Length) : routes.NextKeyless(timestamp);
                turn++;
                _bytes = 0;
            }

            _bytes += frameBytes;
            return _target;
        }
    }
}
