using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using DataProcessor.Gateway.Answering;

namespace DataProcessor.Gateway.Reading;

/// <summary>
/// One record: <c>{"data": any value but null, "encoding"?: "base64", "partitionKey"?: string, "explicitHashKey"?:
/// string}</c>. A string's text is stored, or the bytes that it encodes; of any other value its JSON text as it stands.
/// Other properties are ignored, null counts as absent, and of a property given twice the last one counts.
/// </summary>
internal sealed class RecordReader(int maxRecordBytes)
{
    /// <summary>Adds the value that the reader, which reads <paramref name="json"/>, stands on.</summary>
    /// <param name="reader">Stands on the value's end afterwards.</param>
    /// <param name="json">The text.</param>
    /// <param name="keyField">Name of the field that holds the key of records without one; empty when none does.</param>
    /// <param name="records">Takes the record, or what is wrong with it.</param>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public void Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ReadOnlySpan<byte> keyField, IncomingRecords records)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            records.AddFailed(new(ProblemKind.InvalidRecord, "A record is a JSON object like {\"data\": \"...\"}."));
            return;
        }

        var fields = RecordFields.Read(ref reader, json, keyField);
        var key = fields.PartitionKey;
        if (key.IsAbsent && !keyField.IsEmpty)
        {
            key = fields.KeyField;
            if (!key.IsScalar)
            {
                records.AddFailed(new(
                    ProblemKind.InvalidPartitionKey,
                    $"The record needs the field \"{Encoding.UTF8.GetString(keyField)}\" with a string, a number, true or false, as 'keyField' says; or a \"partitionKey\"."));
                return;
            }
        }
        else if (!key.IsAbsent && !key.IsString)
        {
            records.AddFailed(RecordKeys.InvalidPartitionKey());
            return;
        }

        if (Frame(fields, key, records) is { } problem)
        {
            records.AddFailed(problem);
        }
    }

    private Problem? Frame(in RecordFields fields, JsonText partitionKey, IncomingRecords records)
    {
        var data = fields.Data;
        var explicitHashKey = fields.ExplicitHashKey;
        if (data.IsAbsent)
        {
            return new(ProblemKind.MissingData, "The record needs the property \"data\", not null (names are case-sensitive).");
        }

        var target = records.Reserve(
            RecordFrame.SizeOf(Math.Max(RecordKeys.Keyless.Length, partitionKey.MaxLength), data.MaxLength));
        if (!TryReadPartitionKey(partitionKey, target[RecordFrame.HeaderSize..], out var keyLength))
        {
            return RecordKeys.InvalidPartitionKey();
        }

        if (!TryReadHashKey(explicitHashKey, out var hashKey))
        {
            return RecordKeys.InvalidHashKey();
        }

        if (ReadData(data, fields.Encoding, target[(RecordFrame.HeaderSize + keyLength)..], out var dataLength) is { } unreadable)
        {
            return unreadable;
        }

        if ((long)keyLength + dataLength > maxRecordBytes)
        {
            return RecordKeys.RecordTooLarge((long)keyLength + dataLength, maxRecordBytes);
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

    private static Problem? ReadData(JsonText data, JsonText encoding, Span<byte> target, out int length)
    {
        if (!data.TryCopyTo(target, out length))
        {
            return new(
                ProblemKind.InvalidData,
                "\"data\" is not valid Unicode: bytes that are not UTF-8, or half a surrogate pair. Send bytes as base64.");
        }

        if (encoding.IsAbsent)
        {
            return null;
        }

        if (!encoding.Is("base64"u8))
        {
            return new(ProblemKind.InvalidData, "\"encoding\" may only be \"base64\"; leave it out for text and JSON.");
        }

        return data.IsString && Base64.DecodeFromUtf8InPlace(target[..length], out length) == OperationStatus.Done
            ? null
            : new(
                ProblemKind.InvalidData,
                "\"data\" is not a string in base64 (RFC 4648, with '+', '/' and padding), as \"encoding\" says.");
    }

    private static bool TryReadPartitionKey(JsonText text, Span<byte> target, out int length)
    {
        if (text.IsAbsent)
        {
            RecordKeys.Keyless.CopyTo(target);
            length = RecordKeys.Keyless.Length;
            return true;
        }

        return text.TryCopyTo(target, out length) && RecordKeys.IsPartitionKey(target[..length]);
    }

    private static bool TryReadHashKey(JsonText text, out HashKey key)
    {
        key = default;
        if (text.IsAbsent)
        {
            return true;
        }

        Span<byte> digits = stackalloc byte[RecordKeys.MaxHashKeyDigits];
        return text.IsString
            && text.MaxLength <= digits.Length
            && text.TryCopyTo(digits, out var length)
            && RecordKeys.TryParseHashKey(digits[..length], out key);
    }
}
