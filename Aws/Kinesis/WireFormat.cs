namespace DataProcessor.Aws.Kinesis;

/// <summary>
/// What an answer is written in. Its first byte tells, whatever was asked for and whatever Content-Type says: a JSON object
/// begins with a brace, which in CBOR would be a text of 2^56 bytes or more; a CBOR map with 0xA0–0xBF, which UTF-8 text
/// cannot begin with.
/// </summary>
internal static class WireFormat
{
    public static bool IsJson(ReadOnlySpan<byte> body)
    {
        body = body.TrimStart(" \t\r\n"u8);
        return !body.IsEmpty && body[0] == '{';
    }

    public static bool IsCbor(ReadOnlySpan<byte> body) => !body.IsEmpty && body[0] is >= 0xA0 and <= 0xBF;
}
