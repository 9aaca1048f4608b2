using DataProcessor.Aws.Cbor;
using DataProcessor.Aws.Transport;

namespace DataProcessor.Aws.Kinesis;

/// <summary>GetRecords' request in CBOR and its answer in CBOR or JSON.</summary>
internal static class GetRecordsCodec
{
    private const int RequestFraming = 64;

    public static RequestBody Encode(string shardIterator, int limit)
    {
        var writer = new CborWriter(RequestFraming + (shardIterator.Length * 3));
        try
        {
            writer.WriteMap(2);
            writer.WriteText("ShardIterator"u8);
            writer.WriteText(shardIterator);
            writer.WriteText("Limit"u8);
            writer.WriteInteger(limit);
            return writer.Detach();
        }
        finally
        {
            writer.Dispose();
        }
    }

    /// <param name="answer">The records may be views over it.</param>
    public static GetRecordsPage Decode(Memory<byte> answer)
    {
        var page = RecordPage.Decode(answer, "NextShardIterator"u8);
        return new GetRecordsPage(page.Records, page.Cursor, page.MillisBehindLatest, page.ChildShards);
    }
}
