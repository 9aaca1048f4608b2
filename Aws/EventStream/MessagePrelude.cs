using System.Buffers.Binary;
using System.IO.Hashing;

namespace DataProcessor.Aws.EventStream;

/// <summary>The first 12 bytes of a message: its length, its headers' length, and their own checksum.</summary>
internal readonly record struct MessagePrelude(int TotalLength, int HeadersLength)
{
    public const int Length = 12;

    /// <summary>Bytes of a message besides headers and payload: the prelude and the message's checksum.</summary>
    public const int Framing = Length + ChecksumLength;

    /// <summary>
    /// The format's limits, 128 KiB of headers and 16 MiB of payload: a record of 10 MiB, the largest that Kinesis takes,
    /// comes to 13.4 MiB in base64.
    /// </summary>
    public const int MaxHeadersLength = 128 * 1024;

    public const int MaxPayloadLength = 16 * 1024 * 1024;

    private const int ChecksumLength = 4;

    public int PayloadLength => TotalLength - HeadersLength - Framing;

    /// <exception cref="EventStreamFormatException">The checksum does not fit, or the lengths fit no message.</exception>
    public static MessagePrelude Parse(ReadOnlySpan<byte> bytes)
    {
        var checksum = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]);
        if (Crc32.HashToUInt32(bytes[..8]) != checksum)
        {
            throw new EventStreamFormatException("The checksum of a message's prelude is wrong.");
        }

        var total = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var headers = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        if (headers > MaxHeadersLength || total < Framing + headers || total - Framing - headers > MaxPayloadLength)
        {
            throw new EventStreamFormatException($"A message of {total} bytes with {headers} bytes of headers is outside the limits.");
        }

        return new MessagePrelude((int)total, (int)headers);
    }
}
