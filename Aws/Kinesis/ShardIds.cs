using System.Text;

namespace DataProcessor.Aws.Kinesis;

/// <summary>
/// The strings of the shard ids seen last, because every result of every put names one of few. A slot holds one id and the
/// next one that falls into it replaces it, so there is nothing to evict and no lock: two threads at worst make the same
/// string twice.
/// </summary>
internal sealed class ShardIds
{
    private const int Slots = 256;

    private readonly string?[] _ids = new string?[Slots];

    public string Get(ReadOnlySpan<byte> utf8)
    {
        var hash = 2166136261; // FNV-1a
        foreach (var b in utf8)
        {
            hash = (hash ^ b) * 16777619;
        }

        ref var slot = ref _ids[hash % Slots];
        var known = slot;
        if (known is null || !Ascii.Equals(utf8, known))
        {
            known = Encoding.UTF8.GetString(utf8);
            slot = known;
        }

        return known;
    }
}
