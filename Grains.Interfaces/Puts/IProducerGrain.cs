using Orleans.Concurrency;

namespace DataProcessor;

/// <summary>
/// Writes to one shard: the only writer to it in the cluster, so that it can pace the whole fleet. The key is
/// <see cref="StreamIdentity.ProducerKey"/>.
/// </summary>
[Alias("DataProcessor.IProducerGrain")]
public interface IProducerGrain : IGrainWithStringKey
{
    /// <summary>
    /// Takes the records of a put and answers within 1.5 s, settled or pending. A put id is remembered for 60 s after it
    /// was settled (less beyond a thousand puts a second), so a call whose answer was lost can be repeated: its records
    /// are not taken twice. Only a put of which nothing was written is taken again.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The put's buffer is malformed, its records are another shard's, or its id is that of another put, with other records.
    /// </exception>
    [Alias("Put")]
    [ResponseTimeout("00:00:02")]
    Task<PutResponse> Put(PutRequest request);

    /// <summary>Waits on for a pending put, at most 1.5 s a call.</summary>
    [Alias("Await")]
    [ResponseTimeout("00:00:02")]
    Task<PutResponse> Await(PutId id);

    /// <summary>
    /// Moves to another silo: answers what is not yet sent with <see cref="PutOutcome.Moved"/>, refuses new puts, waits
    /// for the call in flight, and goes. Does nothing if it is not on <paramref name="from"/> (any more).
    /// </summary>
    [Alias("Move")]
    [AlwaysInterleave]
    [ResponseTimeout("00:00:10")]
    Task Move(SiloAddress from, SiloAddress to);

    /// <summary>
    /// Before a split: from now on no aggregate holds records of both sides of a border.
    /// </summary>
    /// <param name="borders">First hash keys of the upper sides.</param>
    /// <returns>
    /// Whether no earlier aggregate that straddles a border is unsettled; false after 1.5 s if one still is. Repeat it
    /// then.
    /// </returns>
    [Alias("Announce")]
    [AlwaysInterleave]
    [ResponseTimeout("00:00:02")]
    Task<bool> Announce(HashKey[] borders);

    /// <summary>
    /// After a split or merge: a map that the producer may not have yet. If its shard is closed there, it takes no more
    /// puts and sends out what it has.
    /// </summary>
    [Alias("Follow")]
    [AlwaysInterleave]
    [ResponseTimeout("00:00:02")]
    Task Follow(ShardMap map);
}
