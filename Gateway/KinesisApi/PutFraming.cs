using System.Globalization;
using System.Text;
using System.Text.Unicode;
using DataProcessor.Gateway.Reading;

namespace DataProcessor.Gateway.KinesisApi;

/// <summary>
/// Checks a call by Kinesis' limits and frames its records. As with Kinesis one bad record refuses the call, and nothing of
/// it is put.
/// </summary>
internal sealed class PutFraming(int maxRecordBytes)
{
    /// <summary>Data and keys of a PutRecords, as with Kinesis.</summary>
    private const long MaxCallBytes = 10 * 1024 * 1024;

    private const int MaxKeyChars = 256;

    private const string HashKeyPattern = @"0|([1-9]\d{0,38})";
    private const int MaxHashKeyDigits = 39;

    private const string SequenceNumberPattern = @"0|([1-9]\d{0,128})";
    private const int MaxSequenceNumberDigits = 129;

    /// <summary>Null when <paramref name="records"/> are the call's.</summary>
    public KinesisError? Frame(PutCall call, ReadOnlySpan<byte> body, IncomingRecords records)
    {
        if (Check(call, body) is { } error)
        {
            return error;
        }

        records.IsBatch = call.IsBatch;
        foreach (var entry in call.Records!)
        {
            if (Frame(entry, body, records) is { } invalid)
            {
                return invalid;
            }
        }

        return null;
    }

    private KinesisError? Check(PutCall call, ReadOnlySpan<byte> body)
    {
        var constraints = new Constraints();
        StreamReference.Check(call, constraints);
        constraints.RequireThere(call.Records is not null, "records");
        if (call.SequenceNumberForOrdering is { } number)
        {
            constraints.RequirePattern(
                IsNumber(Encoding.UTF8.GetBytes(number), MaxSequenceNumberDigits),
                "sequenceNumberForOrdering",
                number,
                SequenceNumberPattern);
        }

        var bytes = 0L;
        if (call.Records is { } records)
        {
            constraints.RequireLength(records.Count, 1, PutCallReader.MaxRecords, "records", $"[{records.Count} records]");
            for (var i = 0; i < records.Count && !constraints.IsFull; i++)
            {
                bytes += BytesOf(records[i], body);
                if (!IsGood(records[i], body))
                {
                    Explain(records[i], call.IsBatch ? $"records.{i + 1}.member." : "", body, constraints);
                }
            }
        }

        return constraints.Error
            ?? (bytes > MaxCallBytes ? KinesisError.InvalidArgument("Records size exceeds 10 MB limit") : null);
    }

    /// <summary>True for nearly all records; a key of more bytes than characters are allowed may still turn out to be good.</summary>
    private bool IsGood(in PutEntry entry, ReadOnlySpan<byte> body) =>
        entry.Data is not null
        && entry.PartitionKey is { } key && body[key].Length is > 0 and <= MaxKeyChars
        && (entry.ExplicitHashKey is not { } hashKey || IsNumber(body[hashKey], MaxHashKeyDigits))
        && BytesOf(entry, body) <= maxRecordBytes;

    private void Explain(in PutEntry entry, string prefix, ReadOnlySpan<byte> body, Constraints constraints)
    {
        constraints.RequireThere(entry.PartitionKey is not null, prefix + "partitionKey");
        constraints.RequireThere(entry.Data is not null, prefix + "data");
        if (entry.PartitionKey is { } key)
        {
            var text = Encoding.UTF8.GetString(body[key]);
            constraints.RequireLength(text.Length, 1, MaxKeyChars, prefix + "partitionKey", text);
        }

        if (entry.ExplicitHashKey is { } hashKey)
        {
            constraints.RequirePattern(
                IsNumber(body[hashKey], MaxHashKeyDigits),
                prefix + "explicitHashKey",
                Encoding.UTF8.GetString(body[hashKey]),
                HashKeyPattern);
        }

        var bytes = BytesOf(entry, body);
        constraints.Require(
            bytes <= maxRecordBytes,
            prefix + "data",
            $"{bytes} bytes with the partition key",
            $"Member must have length less than or equal to {maxRecordBytes}");
    }

    private static KinesisError? Frame(in PutEntry entry, ReadOnlySpan<byte> body, IncomingRecords records)
    {
        var key = body[entry.PartitionKey!.Value];
        if (!Utf8.IsValid(key))
        {
            return KinesisError.Serialization("A partition key is not UTF-8.");
        }

        var hash = default(HashKey);
        if (entry.ExplicitHashKey is { } range)
        {
            if (!UInt128.TryParse(body[range], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            {
                return KinesisError.InvalidArgument(
                    "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. "
                    + $"Specified value was {Encoding.UTF8.GetString(body[range])}");
            }

            hash = new(value);
        }
        else
        {
            hash = HashKey.FromPartitionKey(key);
        }

        var data = body[entry.Data!.Value];
        var target = records.Reserve(RecordFrame.SizeOf(key.Length, data.Length));
        records.Add(RecordFrame.Write(target, hash, entry.ExplicitHashKey is not null, isKeyless: false, key, data));
        return null;
    }

    private static int BytesOf(in PutEntry entry, ReadOnlySpan<byte> body) =>
        (entry.Data is { } data ? body[data].Length : 0) + (entry.PartitionKey is { } key ? body[key].Length : 0);

    /// <summary>A decimal number without leading zeros.</summary>
    private static bool IsNumber(ReadOnlySpan<byte> digits, int maxDigits) =>
        digits.Length > 0 && digits.Length <= maxDigits
        && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
        && (digits[0] != '0' || digits.Length == 1);
}
