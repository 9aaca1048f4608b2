using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Storage;

namespace DataProcessor.Unit.Leases;

/// <summary>A worker of KCL at its defaults, as far as a lease table sees it: it renews its leases and drops those that it lost.</summary>
internal sealed class KclWorker(IConditionalStore store, string table, string key, TimeProvider time)
{
    public const string Name = "ip-10-0-0-7.ec2.internal:5b1d2a9e-6f0c-4b5f-9d53-8a1c7d2e4f60";

    /// <summary>A third of its failover time of 10 s, less 25 ms.</summary>
    private static readonly TimeSpan RenewInterval = TimeSpan.FromMilliseconds(3308);

    private readonly StoreTable _table = new(table, "leaseKey");

    public int Renewals { get; private set; }

    /// <summary>Takes the lease and renews it until it is stopped, without a word, or loses it.</summary>
    /// <returns>Whether it lost it.</returns>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        await TakeAsync();
        while (true)
        {
            await Task.Delay(RenewInterval, time, CancellationToken.None);
            if (stop.IsCancellationRequested)
            {
                return false;
            }

            var row = (await store.GetAsync(_table, key, CancellationToken.None))!;
            if (row.Text(LeaseAttributes.Owner) != Name || !await WriteAsync(row, new ItemUpdate()))
            {
                return true;
            }

            Renewals++;
        }
    }

    public async Task TakeAsync()
    {
        var row = await store.GetAsync(_table, key, CancellationToken.None);
        await WriteAsync(row!, new ItemUpdate().Set(LeaseAttributes.Owner, Name));
    }

    private async Task<bool> WriteAsync(StoreItem row, ItemUpdate update)
    {
        var counter = row.Number(LeaseAttributes.Counter)!.Value;
        var isUnchanged = WriteCondition.Equal(LeaseAttributes.Counter, AttributeValue.Number(counter));
        return (await store.UpdateIfAsync(
            _table, key, update.Set(LeaseAttributes.Counter, counter + 1), isUnchanged, CancellationToken.None)).Succeeded;
    }
}
