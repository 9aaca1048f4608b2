using System.Globalization;
using DataProcessor.Grains.Storage;

namespace DataProcessor.Grains.Leases;

/// <summary>Makes and reads the keys of one stream's leases in one of KCL's two forms.</summary>
internal sealed class LeaseKeyForm(StreamIdentity stream, bool isSingleStream)
{
    /// <summary>Of the keys of all creations of the stream. In the single-stream form all keys are the stream's.</summary>
    public string Prefix => isSingleStream ? "" : NamePrefix(stream);

    public string KeyOf(string shardId) => isSingleStream ? shardId : stream.LeaseKey(shardId);

    /// <summary>The stream's creation and the shard that a row is about; null if it is about neither.</summary>
    /// <exception cref="StoreException">The row is another stream's, whose shards have the same keys.</exception>
    public (StreamIdentity Stream, string ShardId)? Find(StoreItem item)
    {
        if (!isSingleStream)
        {
            var parts = item.Key.Split(':');
            return item.Key.StartsWith(Prefix, StringComparison.Ordinal) && parts.Length == 4 && TryEpoch(parts[2], out var epoch)
                ? (stream with { Epoch = epoch }, parts[3])
                : null;
        }

        if (item.Key.Contains(':', StringComparison.Ordinal))
        {
            return null;
        }

        return item.Text(LeaseAttributes.StreamIdentifier) is not { } identifier
            ? (stream, item.Key) // KCL's own row: it does not tell.
            : identifier.StartsWith(NamePrefix(stream), StringComparison.Ordinal) && TryEpoch(identifier[NamePrefix(stream).Length..], out var creation)
                ? (stream with { Epoch = creation }, item.Key)
                : throw new StoreException($"Lease '{item.Key}' is of the stream {identifier}: two streams cannot share a table of single-stream keys.");
    }

    /// <summary>The form that a table has, from all its rows. If both were there, the multi-stream form counts.</summary>
    public static LeaseKeyForm Of(StreamIdentity stream, IEnumerable<StoreItem> rows)
    {
        var hasSingle = false;
        foreach (var row in rows.Where(LeaseAttributes.IsLease))
        {
            if (row.Key.StartsWith(NamePrefix(stream), StringComparison.Ordinal))
            {
                return new(stream, isSingleStream: false);
            }

            hasSingle |= !row.Key.Contains(':', StringComparison.Ordinal);
        }

        return new(stream, hasSingle);
    }

    private static string NamePrefix(StreamIdentity stream) => $"{stream.AccountId}:{stream.Name}:";

    private static bool TryEpoch(string text, out long epoch) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out epoch);
}
