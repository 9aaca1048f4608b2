namespace DataProcessor;

/// <summary>User records of one request for one shard.</summary>
/// <param name="Id">The put's name; the same id with the same records is the same put.</param>
/// <param name="MapVersion">Version of the <see cref="ShardMap"/> that routed the records.</param>
/// <param name="TimeToLive">
/// How long the records may wait to be sent, from the arrival of the call: a duration and not a time of day, so that
/// clocks of two machines need not agree. After it nothing of the put is sent.
/// </param>
/// <param name="Count">Number of records in <paramref name="Frames"/>.</param>
/// <param name="Frames">The records, see <see cref="RecordFrame"/>; one contiguous buffer that nobody writes again.</param>
[GenerateSerializer, Immutable, Alias("DataProcessor.PutRequest")]
public sealed record PutRequest(
    [property: Id(0)] PutId Id,
    [property: Id(1)] long MapVersion,
    [property: Id(2)] TimeSpan TimeToLive,
    [property: Id(3)] int Count,
    [property: Id(4)] byte[] Frames);
