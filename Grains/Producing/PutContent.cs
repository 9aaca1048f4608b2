using System.Numerics;
using System.Runtime.InteropServices;

namespace DataProcessor.Grains.Producing;

/// <summary>
/// What tells a put from another one of the same id when the records themselves are gone: a mistake of the caller shows,
/// one that it took pains to hide does not. CRC-32C, a processor instruction for 8 bytes: 64 KiB in 8 µs.
/// </summary>
internal readonly record struct PutContent(int Count, int Length, uint Crc)
{
    public static PutContent Of(PutRequest request)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(request.Frames);
        var crc = uint.MaxValue;
        foreach (var word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (var last in request.Frames.AsSpan(words.Length * sizeof(ulong)))
        {
            crc = BitOperations.Crc32C(crc, last);
        }

        return new(request.Count, request.Frames.Length, crc);
    }
}
