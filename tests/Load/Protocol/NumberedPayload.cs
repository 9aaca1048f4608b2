using System.Buffers.Text;
using System.IO.Hashing;

namespace DataProcessor.Load.Protocol;

/// <summary>
/// The data of a record whose way can be checked; ASCII, so that JSON needs no escapes:
/// <code>key (8 hex) | number (12 hex) | sent at (16 hex) | filler | CRC-32 of all before (8 hex)</code>
/// </summary>
/// <param name="Key">Number of its partition key; <see cref="Unordered"/> if its key has no other record.</param>
/// <param name="Number">Counts the records of a key, or all records that are unordered; up to 2^48.</param>
/// <param name="SentAt">When it was to be sent, as <c>Stopwatch.GetTimestamp</c>: one clock for all processes of a machine.</param>
internal readonly record struct NumberedPayload(uint Key, long Number, long SentAt)
{
    public const uint Unordered = uint.MaxValue;
    public const int MinSize = SentAtEnd + CrcDigits;

    private const int KeyEnd = 8;
    private const int NumberEnd = KeyEnd + 12;
    private const int SentAtEnd = NumberEnd + 16;
    private const int CrcDigits = 8;

    /// <summary>Summed over records, it tells whether two sets of them are the same, in whatever order.</summary>
    public long Checksum
    {
        get
        {
            // The finaliser of SplitMix64: neighbouring numbers must not cancel out.
            var bits = ((ulong)Key << 48) ^ (ulong)Number ^ ((ulong)Key >> 16);
            bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
            bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
            return (long)(bits ^ (bits >> 31));
        }
    }

    public static void Fill(Span<byte> data) => data.Fill((byte)'.');

    /// <summary>Writes into a payload that <see cref="Fill"/> has prepared.</summary>
    public void WriteTo(Span<byte> data)
    {
        Key.TryFormat(data, out _, "x8");
        Number.TryFormat(data[KeyEnd..], out _, "x12");
        SentAt.TryFormat(data[NumberEnd..], out _, "x16");
        Crc32.HashToUInt32(data[..^CrcDigits]).TryFormat(data[^CrcDigits..], out _, "x8");
    }

    /// <summary>False if it is damaged.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, out NumberedPayload payload)
    {
        payload = default;
        if (data.Length < MinSize
            || !TryParse(data[..KeyEnd], out var key)
            || !TryParse(data[KeyEnd..NumberEnd], out var number)
            || !TryParse(data[NumberEnd..SentAtEnd], out var sentAt)
            || !TryParse(data[^CrcDigits..], out var crc)
            || (uint)crc != Crc32.HashToUInt32(data[..^CrcDigits]))
        {
            return false;
        }

        payload = new((uint)key, number, sentAt);
        return true;
    }

    private static bool TryParse(ReadOnlySpan<byte> digits, out long value) =>
        Utf8Parser.TryParse(digits, out value, out var read, 'x') && read == digits.Length;
}
