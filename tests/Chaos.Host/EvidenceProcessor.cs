using System.Globalization;
using System.Text;

namespace DataProcessor.Chaos.Host;

/// <summary>
/// Appends a line per record, <c>shard sequence sub key data time</c>, to a file of this process and shard; the time is in
/// ms since the machine's start. The operating system has the lines before the batch counts as handled, so they survive a
/// SIGKILL.
/// </summary>
public class EvidenceProcessor : IRecordProcessor
{
    protected static readonly string Folder = Environment.GetEnvironmentVariable("CHAOS_EVIDENCE")
        ?? throw new InvalidOperationException("CHAOS_EVIDENCE must name a folder.");

    public virtual ValueTask ProcessAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        Write(batch.ShardId, Render(batch));
        return ValueTask.CompletedTask;
    }

    protected static byte[] Render(RecordBatch batch)
    {
        var lines = new StringBuilder();
        foreach (var record in batch)
        {
            var data = Encoding.UTF8.GetString(record.Data.Span.TrimEnd((byte)' ')); // What only makes it large is no evidence.
            lines.Append(CultureInfo.InvariantCulture, $"{batch.ShardId} {record.SequenceNumber} {record.SubSequenceNumber} {record.PartitionKey} {data} {Environment.TickCount64}\n");
        }

        return Encoding.UTF8.GetBytes(lines.ToString());
    }

    protected static void Write(string shardId, byte[] lines)
    {
        using var file = new FileStream(
            Path.Combine(Folder, $"{shardId}.{Environment.ProcessId}.log"), FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        file.Write(lines);
    }
}
