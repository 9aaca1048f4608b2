namespace DataProcessor.Chaos;

/// <summary>Where a record lies: shard, sequence number, index in its aggregate. <c>default</c>: nobody said.</summary>
internal readonly record struct Place(string ShardId, string SequenceNumber, long SubSequenceNumber);

/// <summary>A record as one of the three witnesses saw it.</summary>
internal readonly record struct Sighting(Place Place, string Key, string Data);

/// <summary>
/// What a run left behind, from three independent witnesses: the clients' acknowledgements, the stream read from its
/// beginning, and the processor's files in the order of writing.
/// </summary>
internal sealed record History(
    IReadOnlyList<Sighting> Acknowledged,
    IReadOnlyList<Sighting> Stream,
    IReadOnlyList<Sighting> Processed);
