namespace DataProcessor.Aws.Cbor;

internal ref partial struct CborReader
{
    private const ulong EpochTag = 1;
    private const int HalfInfo = 25;
    private const int SingleInfo = 26;
    private const int DoubleInfo = 27;

    private static readonly double MaxSeconds = DateTimeOffset.MaxValue.ToUnixTimeSeconds();
    private static readonly double MinSeconds = DateTimeOffset.MinValue.ToUnixTimeSeconds();
    private static readonly long MaxMilliseconds = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
    private static readonly long MinMilliseconds = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();

    /// <summary>
    /// A timestamp, with or without tag 1. Kinesis writes an integer of milliseconds since 1970, against RFC 8949 (seconds);
    /// a float is seconds, as the RFC has it and as other services write it.
    /// </summary>
    public DateTimeOffset ReadTimestamp()
    {
        var start = _position;
        if (Peek() is CborKind.Tag && ReadHead().Argument != EpochTag)
        {
            throw new CborFormatException("expected a timestamp, found another tag", start);
        }

        if (Peek() is not CborKind.SimpleOrFloat)
        {
            var milliseconds = ReadInt64();
            return milliseconds >= MinMilliseconds && milliseconds <= MaxMilliseconds
                ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
                : throw new CborFormatException("timestamp out of range", start);
        }

        var seconds = ReadFloat();
        return seconds >= MinSeconds && seconds <= MaxSeconds // also refuses NaN
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(seconds * 1_000))
            : throw new CborFormatException("timestamp out of range", start);
    }

    private double ReadFloat()
    {
        var start = _position;
        var head = ReadHead();
        return head.Info switch
        {
            HalfInfo => (double)BitConverter.UInt16BitsToHalf((ushort)head.Argument),
            SingleInfo => BitConverter.UInt32BitsToSingle((uint)head.Argument),
            DoubleInfo => BitConverter.UInt64BitsToDouble(head.Argument),
            _ => throw new CborFormatException("expected a number", start),
        };
    }
}
