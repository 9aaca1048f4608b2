using System.Text;
using System.Text.Unicode;
using DataProcessor.Grains.Aggregation;

namespace DataProcessor.Grains.Producing;

/// <summary>What a look at a put's records shows, before any of them is taken.</summary>
/// <param name="LeavesRange">A record belongs to another shard.</param>
/// <param name="Refused">Records that Kinesis could never take, ascending.</param>
internal readonly record struct PutIntake(bool LeavesRange, IReadOnlyList<RefusedRecord> Refused)
{
    private const int MostKeyCharacters = 256;

    /// <exception cref="ArgumentException">The buffer does not hold the records that the put says.</exception>
    public static PutIntake Read(PutRequest request, HashKeyRange range, int maxRecordSize)
    {
        var leavesRange = false;
        List<RefusedRecord>? refused = null;
        var (index, offset) = (0, 0);
        try
        {
            for (; index < request.Count; index++)
            {
                var record = RecordFrame.Read(request.Frames.AsSpan(offset));
                leavesRange |= !record.IsKeyless && !range.Contains(record.HashKey);
                if (Problem(record, maxRecordSize) is { } problem)
                {
                    (refused ??= []).Add(new(index, problem));
                }

                offset += record.Length;
            }
        }
        catch (FormatException e)
        {
            throw new ArgumentException($"Record {index} of put {request.Id.Value}: {e.Message}", nameof(request), e);
        }

        return offset == request.Frames.Length
            ? new(leavesRange, refused ?? (IReadOnlyList<RefusedRecord>)[])
            : throw new ArgumentException(
                $"Put {request.Id.Value} has {request.Frames.Length - offset} bytes after its {request.Count} records.", nameof(request));
    }

    // One such record would fail the PutRecords call of many.
    private static string? Problem(in RecordFrame record, int maxRecordSize)
    {
        var size = AggregateWriter.SizeAlone(record);
        if (size > maxRecordSize)
        {
            return $"The record is {size} bytes with its partition key; the stream takes {maxRecordSize}.";
        }

        if (record.PartitionKey.IsEmpty || !Utf8.IsValid(record.PartitionKey))
        {
            return "The partition key is empty or not UTF-8.";
        }

        return record.PartitionKey.Length > MostKeyCharacters && Encoding.UTF8.GetCharCount(record.PartitionKey) is > MostKeyCharacters and var length
            ? $"The partition key has {length} characters; at most {MostKeyCharacters} are allowed."
            : null;
    }
}

/// <summary>A record that is rejected without sending.</summary>
internal readonly record struct RefusedRecord(int Index, string Reason);
