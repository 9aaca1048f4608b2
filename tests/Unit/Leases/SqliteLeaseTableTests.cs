using DataProcessor.Grains.Storage;

namespace DataProcessor.Unit.Leases;

public sealed class SqliteLeaseTableTests : LeaseTableConformance, IDisposable
{
    private readonly SqliteStore _store = SqliteStore.Open(":memory:", TimeProvider.System);

    private protected override IConditionalStore Store => _store;

    public void Dispose() => _store.Dispose();
}
