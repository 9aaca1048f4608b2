using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using DataProcessor.Gateway.Routing;

namespace DataProcessor.Gateway.Putting;

/// <summary>
/// Names the puts of a request. By an idempotency key the same records get the same names, so that a producer that
/// remembers the first request's puts answers the second one's without storing anything again.
/// </summary>
internal sealed class PutIds
{
    private readonly byte[]? _key;

    private PutIds(byte[]? key) => _key = key;

    public static PutIds Random { get; } = new(null);

    /// <summary>Where records without a key begin, when that must be the same each time; null to take turns.</summary>
    public uint? KeylessTurn => _key is null ? null : BinaryPrimitives.ReadUInt32LittleEndian(_key);

    public static PutIds Of(string idempotencyKey) => new(SHA256.HashData(Encoding.UTF8.GetBytes(idempotencyKey)));

    /// <param name="target">The shard.</param>
    /// <param name="round">How often the records were routed before: records that came back are another put.</param>
    /// <param name="frames">The records: other records under the same key are another put, so that none is lost.</param>
    public PutId Next(ShardTarget target, int round, ReadOnlySpan<byte> frames)
    {
        if (_key is null)
        {
            return new(Guid.NewGuid());
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(_key);
        hash.AppendData(Encoding.UTF8.GetBytes($"{target.Shard.Id}/{round}/"));
        hash.AppendData(frames);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return new(new Guid(digest[..16]));
    }
}
