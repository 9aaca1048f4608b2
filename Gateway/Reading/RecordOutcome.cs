using DataProcessor.Gateway.Answering;

namespace DataProcessor.Gateway.Reading;

/// <summary>The Kinesis record that holds a run of user records; shared by all of the run.</summary>
/// <param name="Attempts">How often its producer sent it.</param>
internal sealed record StoredIn(string ShardId, SequenceNumber SequenceNumber, int Attempts);

/// <summary>What became of a record; <c>default</c> until that is known.</summary>
internal readonly record struct RecordOutcome(StoredIn? StoredIn, long SubSequenceNumber, Problem? Problem)
{
    public bool IsStored => StoredIn is not null;

    public bool IsKnown => StoredIn is not null || Problem is not null;
}
