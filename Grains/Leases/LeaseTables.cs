using System.Collections.Concurrent;
using DataProcessor.Grains.Reading;
using DataProcessor.Grains.Storage;
using Microsoft.Extensions.Options;

namespace DataProcessor.Grains.Leases;

/// <summary>The lease tables of this silo's applications; one object each, so that a table's form is looked up once.</summary>
internal sealed class LeaseTables(IConditionalStore store, IOptions<ReaderOptions> options)
{
    private readonly ConcurrentDictionary<string, LeaseTable> _tables = new();

    /// <param name="application">Name of the application; also of the table.</param>
    public LeaseTable For(string application) =>
        _tables.GetOrAdd(application, name => new(store, name, options.Value.LeaseKeys));
}
