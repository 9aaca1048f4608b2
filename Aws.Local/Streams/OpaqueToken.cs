using System.Buffers.Binary;
using System.Buffers.Text;
using DataProcessor.Aws.Local.Storage;

namespace DataProcessor.Aws.Local.Streams;

/// <summary>Base64 of a checksum, a kind and a content: enough to tell our own tokens from anything else.</summary>
internal static class OpaqueToken
{
    /// <summary>Longest stream name.</summary>
    public const int MaxNameLength = 128;
    private const int HeadSize = 5;

    public static string Seal(byte kind, ReadOnlySpan<byte> content)
    {
        Span<byte> bytes = stackalloc byte[HeadSize + content.Length];
        bytes[4] = kind;
        content.CopyTo(bytes[HeadSize..]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Crc32C.Compute(bytes[4..]));
        return Convert.ToBase64String(bytes);
    }

    public static bool TryOpen(byte kind, string text, Span<byte> content, out int length)
    {
        length = 0;
        Span<byte> bytes = stackalloc byte[HeadSize + content.Length];
        if (text.Length > Base64.GetMaxEncodedToUtf8Length(bytes.Length)
            || !Convert.TryFromBase64String(text, bytes, out var count)
            || count < HeadSize
            || BinaryPrimitives.ReadUInt32BigEndian(bytes) != Crc32C.Compute(bytes[4..count])
            || bytes[4] != kind)
        {
            return false;
        }

        length = count - HeadSize;
        bytes[HeadSize..count].CopyTo(content);
        return true;
    }
}
