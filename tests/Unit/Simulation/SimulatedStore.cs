using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Storage;

namespace DataProcessor.Unit.Simulation;

/// <summary>
/// The store as one reader sees it: slow, refusing, or silent about a write that it made or is going to make. What becomes
/// of the writes goes into the history under the reader's name.
/// </summary>
internal sealed class SimulatedStore(IConditionalStore inner, string reader, SimulatedWorld world) : IConditionalStore
{
    public async ValueTask<StoreItem?> GetAsync(StoreTable table, string key, CancellationToken cancellationToken)
    {
        await TravelAsync(cancellationToken);
        return await world.Store.Do(() => inner.GetAsync(table, key, CancellationToken.None).AsTask()).WaitAsync(cancellationToken);
    }

    public async ValueTask<WriteResult> UpdateIfAsync(
        StoreTable table, string key, ItemUpdate update, WriteCondition condition, CancellationToken cancellationToken)
    {
        await TravelAsync(cancellationToken);
        return await WriteAsync(
            table,
            key,
            KindOf(update, condition),
            () => inner.UpdateIfAsync(table, key, update, condition, CancellationToken.None),
            cancellationToken);
    }

    public async ValueTask<WriteResult> DeleteIfAsync(
        StoreTable table, string key, WriteCondition condition, CancellationToken cancellationToken)
    {
        await TravelAsync(cancellationToken);
        return await WriteAsync(
            table,
            key,
            LeaseWriteKind.Write,
            () => inner.DeleteIfAsync(table, key, condition, CancellationToken.None),
            cancellationToken);
    }

    public async ValueTask<ItemPage> QueryAsync(
        StoreTable table, string keyPrefix, int limit, string? continuation, CancellationToken cancellationToken)
    {
        await TravelAsync(cancellationToken);
        return await world.Store.Do(() => inner.QueryAsync(table, keyPrefix, limit, continuation, CancellationToken.None).AsTask())
            .WaitAsync(cancellationToken);
    }

    /// <summary>To the store; it may refuse there.</summary>
    private async Task TravelAsync(CancellationToken cancellationToken)
    {
        var faults = world.StoreFaults;
        await world.PassUpTo(world.Happens(faults.Slow) ? 2000 : 20, cancellationToken);
        if (world.Happens(faults.Refuse))
        {
            world.Totals[Seen.StoreRefusals]++;
            throw new StoreException("down for a moment");
        }
    }

    private async ValueTask<WriteResult> WriteAsync(
        StoreTable table, string key, LeaseWriteKind kind, Func<ValueTask<WriteResult>> write, CancellationToken cancellationToken)
    {
        var faults = world.StoreFaults;
        var isLate = world.Happens(faults.Late);
        var written = world.Store.Do(async () =>
        {
            await world.PassUpTo(isLate ? 3000 : 10);

            // The store's calls complete before they return: nothing comes in between.
            var before = await inner.GetAsync(table, key, CancellationToken.None);
            var result = await write();
            world.History.Add(new LeaseWritten(reader, ShardOf(key), kind, result.Succeeded, Read(before, key), Read(result.Item, key)));
            return result;
        });
        if (isLate)
        {
            world.Totals[Seen.LateWrites]++;
            throw new StoreException("no answer; it may be written yet");
        }

        var answer = await written.WaitAsync(cancellationToken);
        await world.PassUpTo(10, cancellationToken);
        if (world.Happens(faults.LoseAnswer))
        {
            world.Totals[Seen.AnswersLost]++;
            throw new StoreException("written, but the answer is lost");
        }

        return answer;
    }

    /// <summary>The end of a lease's key.</summary>
    public static string ShardOf(string key) => key[(key.LastIndexOf(':') + 1)..];

    private static LeaseWriteKind KindOf(ItemUpdate update, WriteCondition condition) =>
        condition.Terms.Any(term => term.Attribute is null) ? LeaseWriteKind.Create
        : update.Sets.ContainsKey(LeaseAttributes.Owner) ? LeaseWriteKind.Take
        : LeaseWriteKind.Write;

    private Lease? Read(StoreItem? item, string key) => item is null ? null : LeaseAttributes.Read(item, world.Stream, ShardOf(key));
}

/// <summary>How often the store fails, 0–1.</summary>
/// <param name="Refuse">A call is refused and has done nothing.</param>
/// <param name="LoseAnswer">A write is made, and its caller is told that it failed.</param>
/// <param name="Late">A write's caller is told that it failed, and it is made afterwards.</param>
/// <param name="Slow">A call takes up to 2 s.</param>
internal sealed record StoreFaults(double Refuse, double LoseAnswer, double Late, double Slow)
{
    public static StoreFaults None { get; } = new(0, 0, 0, 0);
}
