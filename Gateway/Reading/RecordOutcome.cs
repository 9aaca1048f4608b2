using DataProcessor.Gateway.Answering;

namespace DataProcessor.Gateway.Reading;

/// <summary>What became of a record; <c>default</c> until that is known.</summary>
internal readonly record struct RecordOutcome(StoredIn? StoredIn, long SubSequenceNumber, Problem? Problem)
{
    public bool IsStored => StoredIn is not null;

    public bool IsKnown => StoredIn is not null || Problem is not null;
}
