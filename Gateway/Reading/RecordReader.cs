using System.Globalization;
using System.Text;
using System.Text.Json;
using DataProcessor.Gateway.Answering;

namespace DataProcessor.Gateway.Reading;

/// <summary>
/// One record: <c>{"data": string, "partitionKey"?: string, "explicitHashKey"?: string}</c>. Other properties are
/// ignored, null counts as absent, and of a property given twice the last one counts.
/// </summary>
internal sealed class RecordReader(int maxRecordBytes)
{
    private const int MaxPartitionKeyChars = 256;

    /// <summary>2^128-1 has 39 digits; more can only be leading zeros.</summary>
    private const int MaxHashKeyDigits = 64;

    private static ReadOnlySpan<byte> Keyless => "-"u8;

    /// <summary>Adds the value that the reader, which reads <paramref name="json"/>, stands on.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public void Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, IncomingRecords records)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            records.AddFailed(new(ProblemKind.InvalidRecord, "A record is a JSON object like {\"data\": \"...\"}."));
            return;
        }

        JsonText data = default, partitionKey = default, explicitHashKey = default;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = JsonText.At(ref reader, json);
            reader.Read();
            var value = JsonText.At(ref reader, json);
            reader.Skip();
            if (name.Is("data"u8))
            {
                data = value;
            }
            else if (name.Is("partitionKey"u8))
            {
                partitionKey = value;
            }
            else if (name.Is("explicitHashKey"u8))
            {
                explicitHashKey = value;
            }
        }

        if (Frame(data, partitionKey, explicitHashKey, records) is { } problem)
        {
            records.AddFailed(problem);
        }
    }

    private Problem? Frame(JsonText data, JsonText partitionKey, JsonText explicitHashKey, IncomingRecords records)
    {
        if (data.IsAbsent)
        {
            return new(ProblemKind.MissingData, "The record needs the property \"data\" (names are case-sensitive).");
        }

        if (!data.IsString)
        {
            return new(ProblemKind.InvalidData, "\"data\" must be a JSON string; put JSON or base64 into it as text.");
        }

        var target = records.Reserve(RecordFrame.SizeOf(Math.Max(Keyless.Length, partitionKey.MaxLength), data.MaxLength));
        if (!TryReadPartitionKey(partitionKey, target[RecordFrame.HeaderSize..], out var keyLength))
        {
            return new(
                ProblemKind.InvalidPartitionKey,
                $"\"partitionKey\" must be a string of 1 to {MaxPartitionKeyChars} characters; leave it out if the record has none.");
        }

        if (!TryReadHashKey(explicitHashKey, out var hashKey))
        {
            return new(
                ProblemKind.InvalidExplicitHashKey,
                "\"explicitHashKey\" must be a string with a decimal number from 0 to 2^128-1.");
        }

        if (!data.TryCopyTo(target[(RecordFrame.HeaderSize + keyLength)..], out var dataLength))
        {
            return new(
                ProblemKind.InvalidData,
                "\"data\" is not valid Unicode: bytes that are not UTF-8, or half a surrogate pair. Send bytes as base64.");
        }

        if ((long)keyLength + dataLength > maxRecordBytes)
        {
            return new(
                ProblemKind.RecordTooLarge,
                $"Data and partition key have {(long)keyLength + dataLength} bytes, {maxRecordBytes} are allowed. Split the record.");
        }

        // Key and data stand where they stay; writing the frame copies them onto themselves, which costs nothing.
        var key = target.Slice(RecordFrame.HeaderSize, keyLength);
        var isExplicit = !explicitHashKey.IsAbsent;
        records.Add(RecordFrame.Write(
            target,
            isExplicit || partitionKey.IsAbsent ? hashKey : HashKey.FromPartitionKey(key),
            isExplicit,
            isKeyless: partitionKey.IsAbsent && !isExplicit,
            key,
            target.Slice(RecordFrame.HeaderSize + keyLength, dataLength)));
        return null;
    }

    private static bool TryReadPartitionKey(JsonText text, Span<byte> target, out int length)
    {
        if (text.IsAbsent)
        {
            Keyless.CopyTo(target);
            length = Keyless.Length;
            return true;
        }

        length = 0;
        return text.IsString
            && text.TryCopyTo(target, out length)
            && length > 0
            && (length <= MaxPartitionKeyChars || Encoding.UTF8.GetCharCount(target[..length]) <= MaxPartitionKeyChars);
    }

    private static bool TryReadHashKey(JsonText text, out HashKey key)
    {
        key = default;
        if (text.IsAbsent)
        {
            return true;
        }

        Span<byte> digits = stackalloc byte[MaxHashKeyDigits];
        if (!text.IsString || text.MaxLength > digits.Length || !text.TryCopyTo(digits, out var length))
        {
            return false;
        }

        var parsed = UInt128.TryParse(digits[..length], NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        key = new(value);
        return parsed;
    }
}
