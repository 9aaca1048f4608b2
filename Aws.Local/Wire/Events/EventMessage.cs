using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace DataProcessor.Aws.Local.Wire.Events;

/// <summary>
/// One message of an <c>application/vnd.amazon.eventstream</c>, big endian: total length (4), length of the headers (4),
/// CRC-32 of these 8 bytes (4), headers, payload, CRC-32 of all before it (4). A header: length of the name (1), name,
/// type 7 = string (1), length of the value (2), value.
/// </summary>
internal static class EventMessage
{
    public const string ContentType = "application/vnd.amazon.eventstream";
    private const int PreludeLength = 12;
    private const int ChecksumLength = 4;
    private const byte StringType = 7;

    /// <summary>An event.</summary>
    /// <param name="type">initial-response, or the member of the event stream.</param>
    /// <param name="contentType">Of the payload.</param>
    /// <param name="payload">JSON or CBOR.</param>
    /// <returns>The message in a buffer from the shared pool.</returns>
    public static (byte[] Buffer, int Length) Event(string type, string contentType, ReadOnlySpan<byte> payload) =>
        Write([(":message-type", "event"), (":event-type", type), (":content-type", contentType)], payload);

    /// <summary>As <see cref="Event"/>; the subscriber's SDK throws it.</summary>
    public static (byte[] Buffer, int Length) Exception(string type, string contentType, ReadOnlySpan<byte> payload) =>
        Write([(":message-type", "exception"), (":exception-type", type), (":content-type", contentType)], payload);

    private static (byte[] Buffer, int Length) Write(ReadOnlySpan<(string Name, string Value)> headers, ReadOnlySpan<byte> payload)
    {
        var headersLength = 0;
        foreach (var (name, value) in headers)
        {
            headersLength += 1 + name.Length + 1 + 2 + value.Length;
        }

        var length = PreludeLength + headersLength + payload.Length + ChecksumLength;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        var message = buffer.AsSpan(0, length);
        BinaryPrimitives.WriteInt32BigEndian(message, length);
        BinaryPrimitives.WriteInt32BigEndian(message[4..], headersLength);
        BinaryPrimitives.WriteUInt32BigEndian(message[8..], Crc32.HashToUInt32(message[..8]));
        WriteHeaders(message[PreludeLength..], headers);
        payload.CopyTo(message[(PreludeLength + headersLength)..]);
        BinaryPrimitives.WriteUInt32BigEndian(message[^ChecksumLength..], Crc32.HashToUInt32(message[..^ChecksumLength]));
        return (buffer, length);
    }

    private static void WriteHeaders(Span<byte> target, ReadOnlySpan<(string Name, string Value)> headers)
    {
        foreach (var (name, value) in headers)
        {
            target[0] = (byte)name.Length;
            Encoding.ASCII.GetBytes(name, target[1..]);
            target = target[(1 + name.Length)..];
            target[0] = StringType;
            BinaryPrimitives.WriteUInt16BigEndian(target[1..], (ushort)value.Length);
            Encoding.ASCII.GetBytes(value, target[3..]);
            target = target[(3 + value.Length)..];
        }
    }
}
