using System.Text;
using System.Text.Json;

namespace DataProcessor.Gateway.KinesisApi;

/// <summary>Reads a PutRecord or PutRecords off its body, in either encoding. Members that it does not know are ignored.</summary>
internal static class PutCallReader
{
    /// <summary>Records of a PutRecords, as with Kinesis.</summary>
    public const int MaxRecords = 500;

    /// <summary>Null when <paramref name="call"/> is read; its ranges are those of <paramref name="body"/>, which is rewritten.</summary>
    public static KinesisError? Read(Span<byte> body, WireEncoding encoding, PutCall call)
    {
        try
        {
            if (encoding == WireEncoding.Cbor)
            {
                var cbor = new CborBodyReader(body);
                Read(ref cbor, body, call);
            }
            else
            {
                var json = new JsonBodyReader(body);
                Read(ref json, body, call);
            }

            return null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return KinesisError.Serialization(e.Message);
        }
    }

    private static void Read<TReader>(ref TReader reader, ReadOnlySpan<byte> body, PutCall call)
        where TReader : struct, IBodyReader, allows ref struct
    {
        var single = default(PutEntry);
        reader.StartMap();
        while (reader.NextMember(out var name))
        {
            var member = body[name];
            if (member.SequenceEqual("StreamName"u8))
            {
                call.StreamName = Text(reader.ReadText(), body);
            }
            else if (member.SequenceEqual("StreamARN"u8))
            {
                call.StreamArn = Text(reader.ReadText(), body);
            }
            else if (member.SequenceEqual("SequenceNumberForOrdering"u8))
            {
                call.SequenceNumberForOrdering = Text(reader.ReadText(), body);
            }
            else if (call.IsBatch && member.SequenceEqual("Records"u8))
            {
                call.Records = ReadRecords(ref reader, body);
                if (call.Records?.Count > MaxRecords)
                {
                    // Refused whatever follows.
                    return;
                }
            }
            else if (call.IsBatch || !TryRead(ref reader, member, ref single))
            {
                reader.Skip();
            }
        }

        reader.EnsureEnd();
        if (!call.IsBatch)
        {
            call.Records = [single];
        }
    }

    private static List<PutEntry>? ReadRecords<TReader>(ref TReader reader, ReadOnlySpan<byte> body)
        where TReader : struct, IBodyReader, allows ref struct
    {
        if (!reader.TryStartList())
        {
            return null;
        }

        List<PutEntry> records = [];
        while (reader.NextItem() && records.Count <= MaxRecords)
        {
            var entry = default(PutEntry);
            reader.StartMap();
            while (reader.NextMember(out var name))
            {
                if (!TryRead(ref reader, body[name], ref entry))
                {
                    reader.Skip();
                }
            }

            records.Add(entry);
        }

        return records;
    }

    private static bool TryRead<TReader>(ref TReader reader, ReadOnlySpan<byte> member, ref PutEntry entry)
        where TReader : struct, IBodyReader, allows ref struct
    {
        if (member.SequenceEqual("Data"u8))
        {
            entry.Data = reader.ReadBytes();
        }
        else if (member.SequenceEqual("PartitionKey"u8))
        {
            entry.PartitionKey = reader.ReadText();
        }
        else if (member.SequenceEqual("ExplicitHashKey"u8))
        {
            entry.ExplicitHashKey = reader.ReadText();
        }
        else
        {
            return false;
        }

        return true;
    }

    private static string? Text(Range? text, ReadOnlySpan<byte> body) =>
        text is { } range ? Encoding.UTF8.GetString(body[range]) : null;
}
