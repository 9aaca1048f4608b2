using System.Buffers;
using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Host;

/// <summary>Does nothing: what is left is the cost of getting here.</summary>
internal sealed class NoOpProcessor(Tally tally) : IRecordProcessor
{
    public ValueTask ProcessAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        tally.Count(batch.Count);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Checks each record: whole, in its key's order, and its part of the checksum.</summary>
internal class VerifyingProcessor(Tally tally) : IRecordProcessor
{
    public virtual ValueTask ProcessAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        var check = new BatchCheck(tally);
        foreach (var record in batch)
        {
            check.Add(record.Data.Span);
        }

        check.Conclude();
        return ValueTask.CompletedTask;
    }
}

/// <summary>Checks, and notes how long each record took from its post to here.</summary>
internal sealed class TimingProcessor(Tally tally) : VerifyingProcessor(tally)
{
    private readonly Tally _tally = tally;

    public override ValueTask ProcessAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        var sentAt = ArrayPool<long>.Shared.Rent(batch.Count);
        var count = 0;
        foreach (var record in batch)
        {
            if (NumberedPayload.TryRead(record.Data.Span, out var payload))
            {
                sentAt[count++] = payload.SentAt;
            }
        }

        _tally.AddLatencies(sentAt.AsSpan(0, count));
        ArrayPool<long>.Shared.Return(sentAt);
        return base.ProcessAsync(batch, cancellationToken);
    }
}
