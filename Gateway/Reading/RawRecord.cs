using System.Text;
using DataProcessor.Gateway.Answering;

namespace DataProcessor.Gateway.Reading;

/// <summary>A body that is the data of one record; the request's query names its keys.</summary>
internal static class RawRecord
{
    /// <summary>Null when it was added; else why it is refused.</summary>
    public static Problem? Read(ReadOnlySpan<byte> data, RequestTerms terms, int maxRecordBytes, IncomingRecords records)
    {
        if (data.IsEmpty)
        {
            return new(ProblemKind.EmptyBody, "The body of an 'application/octet-stream' request is the record's data; it is empty.");
        }

        var hashKey = default(HashKey);
        if (terms.ExplicitHashKey is { } digits && !RecordKeys.TryParseHashKey(Encoding.UTF8.GetBytes(digits), out hashKey))
        {
            return RecordKeys.InvalidHashKey();
        }

        var key = terms.PartitionKey is { } text ? Encoding.UTF8.GetBytes(text) : RecordKeys.Keyless;
        if (!RecordKeys.IsPartitionKey(key))
        {
            return RecordKeys.InvalidPartitionKey();
        }

        if ((long)key.Length + data.Length > maxRecordBytes)
        {
            return RecordKeys.RecordTooLarge((long)key.Length + data.Length, maxRecordBytes);
        }

        var isExplicit = terms.ExplicitHashKey is not null;
        var isKeyless = terms.PartitionKey is null && !isExplicit;
        records.Add(RecordFrame.Write(
            records.Reserve(RecordFrame.SizeOf(key.Length, data.Length)),
            isExplicit || isKeyless ? hashKey : HashKey.FromPartitionKey(key),
            isExplicit,
            isKeyless,
            key,
            data));
        return null;
    }
}
