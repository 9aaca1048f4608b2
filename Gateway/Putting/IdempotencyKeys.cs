using System.Buffers.Binary;
using System.Security.Cryptography;
using DataProcessor.Gateway.Reading;

namespace DataProcessor.Gateway.Putting;

/// <summary>
/// The idempotency keys of the last minute with a digest of their records, to tell a repetition from a mistake. What
/// keeps a repetition from being stored twice are the put's names, see <see cref="PutIds"/>; this is only this process'
/// memory and may forget.
/// </summary>
internal sealed class IdempotencyKeys(TimeProvider time)
{
    /// <summary>As long as a producer remembers a put.</summary>
    private static readonly TimeSpan Remembers = TimeSpan.FromSeconds(60);

    /// <summary>As many as a producer remembers puts; some 10 MB with the longest keys. The oldest go first.</summary>
    private const int Most = 16_384;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Stream, string Key), UInt128> _digests = [];
    private readonly Queue<((string Stream, string Key) Name, long UsedAt)> _oldest = new();

    /// <summary>False when the key was used for other records.</summary>
    public bool TryUse(string stream, string key, IncomingRecords records)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(records.Frames, hash);
        var digest = BinaryPrimitives.ReadUInt128BigEndian(hash);
        var now = time.GetTimestamp();
        lock (_lock)
        {
            Forget(now);
            if (_digests.TryGetValue((stream, key), out var first))
            {
                return first == digest;
            }

            _digests.Add((stream, key), digest);
            _oldest.Enqueue(((stream, key), now));
            return true;
        }
    }

    private void Forget(long now)
    {
        while (_oldest.TryPeek(out var oldest) && (_oldest.Count >= Most || time.GetElapsedTime(oldest.UsedAt, now) >= Remembers))
        {
            _digests.Remove(_oldest.Dequeue().Name);
        }
    }
}
