using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html.</summary>
internal static class PutRecordOperation
{
    public static async ValueTask HandleAsync(OperationContext context, WireValue request, WireWriter answer)
    {
        var catalog = context.Catalog;
        var (stream, entry) = Read(request, catalog);
        PutEntry[] entries = [entry];
        PutFaults.Mark(entries, context.Faults.For("PutRecord"));
        if (!await stream.TryPutAsync(entries, catalog.NowMs))
        {
            throw ServiceErrors.StreamNotFound(stream.Info.Name, catalog.AccountId);
        }

        PutTally.Count(entries, context.Counters);
        if (entries[0].Outcome != PutOutcome.Stored)
        {
            throw PutTally.ErrorOf(entries[0], stream.Info.Name, catalog);
        }

        answer.Text("ShardId", entries[0].Shard.Info.Id);
        answer.Text("SequenceNumber", entries[0].SequenceNumber.ToString());
        answer.Text("EncryptionType", "NONE");
    }

    private static (KinesisStream Stream, PutEntry Entry) Read(WireValue request, StreamCatalog catalog)
    {
        var reference = new StreamReference();
        var record = new PutEntryReader();
        string? ordering = null;
        foreach (var member in request.Members)
        {
            if (!reference.TryTake(member) && !record.TryTake(member) && member.Is("SequenceNumberForOrdering"u8))
            {
                ordering = member.Value.Text;
            }
        }

        var constraints = new Constraints();
        reference.Check(constraints);
        record.Check(constraints, 0);
        constraints.ThrowIfAny();
        var stream = catalog.GetActive(reference.Resolve(catalog));
        return (stream, record.ToEntry(stream.Info, 0) with { Ordering = ReadOrdering(ordering, stream.Info, catalog) });
    }

    private static SequenceNumber? ReadOrdering(string? ordering, StreamInfo stream, StreamCatalog catalog)
    {
        if (ordering is null)
        {
            return null;
        }

        return SequenceNumber.TryParse(ordering, out var number)
            && number.CreationMs == stream.CreationMs
            && number.ShardIndex <= stream.Shards[^1].Index
            && number.ArrivalMs <= Math.Max(catalog.NowMs, stream.Shards[^1].CreatedMs)
                ? number
                : throw ServiceErrors.InvalidArgument(
                    $"ExclusiveMinimumSequenceNumber {ordering} used in PutRecord on stream {stream.Name} under account {catalog.AccountId} is invalid.");
    }
}
