namespace DataProcessor.Grains.Producing;

/// <summary>Neighbouring records of a put that wait or travel together, as a view of the put's own buffer.</summary>
/// <param name="Put">The put that they belong to.</param>
/// <param name="First">Index of the first one in the put.</param>
/// <param name="Count">Number of records.</param>
/// <param name="Offset">Where their frames begin in the put's buffer.</param>
/// <param name="Length">Bytes of their frames.</param>
/// <param name="Attempts">How often they were sent before, in aggregates that were given up.</param>
/// <param name="WasUnanswered">One of those attempts had no answer.</param>
/// <param name="LastError">Kinesis' code and message of the last failed attempt.</param>
internal readonly record struct RecordSlice(
    PendingPut Put,
    int First,
    int Count,
    int Offset,
    int Length,
    int Attempts,
    bool WasUnanswered,
    SendError? LastError)
{
    public ReadOnlyMemory<byte> Frames => Put.Frames.AsMemory(Offset, Length);

    /// <summary>The first records of the slice.</summary>
    public RecordSlice Take(int count, int length) => this with { Count = count, Length = length };

    /// <summary>What is left without them.</summary>
    public RecordSlice Skip(int count, int length) =>
        this with { First = First + count, Count = Count - count, Offset = Offset + length, Length = Length - length };

    /// <summary>The slice's outcome when it is given up without being in the stream for certain.</summary>
    public PutRun Run(PutOutcome outcome, SendError? error) =>
        new(First, Count, outcome, null, default, 0, Attempts, error?.Code, error?.Message);
}

/// <summary>An error as Kinesis words it.</summary>
internal sealed record SendError(string? Code, string? Message);
