using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace DataProcessor.Aws.EventStream;

/// <summary>A message whose checksum is right: views over the one buffer that holds it.</summary>
internal readonly record struct EventMessage(ReadOnlyMemory<byte> Headers, Memory<byte> Payload)
{
    /// <param name="message">From the prelude to the checksum; the message takes it over.</param>
    /// <exception cref="EventStreamFormatException">The checksum does not fit.</exception>
    public static EventMessage Parse(Memory<byte> message, MessagePrelude prelude)
    {
        ReadOnlySpan<byte> summed = message.Span[..^4];
        if (Crc32.HashToUInt32(summed) != BinaryPrimitives.ReadUInt32BigEndian(message.Span[^4..]))
        {
            throw new EventStreamFormatException("The checksum of a message is wrong.");
        }

        return new EventMessage(
            message.Slice(MessagePrelude.Length, prelude.HeadersLength),
            message.Slice(MessagePrelude.Length + prelude.HeadersLength, prelude.PayloadLength));
    }

    /// <summary>The header's text; null if there is none of that name, or it is no string.</summary>
    public string? Text(ReadOnlySpan<byte> name)
    {
        var headers = new HeaderReader(Headers.Span);
        while (headers.MoveNext())
        {
            if (headers.Type is HeaderType.String && headers.Name.SequenceEqual(name))
            {
                return Encoding.UTF8.GetString(headers.Value);
            }
        }

        return null;
    }
}
