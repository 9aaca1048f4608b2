using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>
/// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html: each record is stored or refused on its own;
/// the answer has an entry per record, in the request's order.
/// </summary>
internal static class PutRecordsOperation
{
    private const int MaxRecords = 500;
    private const long MaxBytes = 10 * 1024 * 1024;

    public static async ValueTask HandleAsync(OperationContext context, WireValue request, WireWriter answer)
    {
        var catalog = context.Catalog;
        var (stream, entries) = Read(request, catalog);
        PutFaults.Mark(entries, context.Faults.For("PutRecords"));
        if (!await stream.TryPutAsync(entries, catalog.NowMs))
        {
            throw ServiceErrors.StreamNotFound(stream.Info.Name, catalog.AccountId);
        }

        Write(answer, entries, PutTally.Count(entries, context.Counters), stream, catalog);
    }

    private static (KinesisStream Stream, PutEntry[] Entries) Read(WireValue request, StreamCatalog catalog)
    {
        var reference = new StreamReference();
        List<PutEntryReader>? records = null;
        foreach (var member in request.Members)
        {
            if (!reference.TryTake(member) && member.Is("Records"u8))
            {
                records = ReadRecords(member.Value);
            }
        }

        var constraints = new Constraints();
        reference.Check(constraints);
        constraints.Require("records", records is not null);
        constraints.Length("records", $"[{records?.Count} records]", records?.Count ?? 1, 1, MaxRecords);
        for (var i = 0; i < records?.Count; i++)
        {
            records[i].Check(constraints, i + 1);
        }

        constraints.ThrowIfAny();
        if (records!.Sum(record => (long)record.Bytes) > MaxBytes)
        {
            throw ServiceErrors.InvalidArgument("Records size exceeds 10 MB limit");
        }

        var stream = catalog.GetActive(reference.Resolve(catalog));
        var entries = new PutEntry[records!.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = records[i].ToEntry(stream.Info, i + 1);
        }

        return (stream, entries);
    }

    private static List<PutEntryReader> ReadRecords(WireValue list)
    {
        var records = new List<PutEntryReader>();
        foreach (var item in list.Items)
        {
            var record = new PutEntryReader();
            foreach (var member in item.Members)
            {
                record.TryTake(member);
            }

            records.Add(record);
        }

        return records;
    }

    private static void Write(WireWriter answer, PutEntry[] entries, PutTally tally, KinesisStream stream, StreamCatalog catalog)
    {
        Span<char> sequenceNumber = stackalloc char[SequenceNumber.Length];
        answer.Integer("FailedRecordCount", tally.Failed);
        answer.StartList("Records");
        foreach (ref readonly var entry in entries.AsSpan())
        {
            answer.StartMap();
            if (entry.Outcome == PutOutcome.Stored)
            {
                entry.SequenceNumber.Format(sequenceNumber);
                answer.Text("SequenceNumber", sequenceNumber);
                answer.Text("ShardId", entry.Shard.Info.Id);
            }
            else
            {
                var error = PutTally.ErrorOf(entry, stream.Info.Name, catalog);
                answer.Text("ErrorCode", error.Code);
                answer.Text("ErrorMessage", error.Message);
            }

            answer.EndMap();
        }

        answer.EndList();
        answer.Text("EncryptionType", "NONE");
    }
}
