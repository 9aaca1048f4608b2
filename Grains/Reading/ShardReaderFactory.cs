using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Leases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DataProcessor.Grains.Reading;

/// <summary>Makes shard readers, each with a processor of its own from the service container.</summary>
internal sealed class ShardReaderFactory(
    KinesisClient client,
    StreamConsumers consumers,
    PageRoom room,
    LeaseTables leases,
    IServiceScopeFactory scopes,
    IOptions<ReaderOptions> options,
    TimeProvider time,
    ReaderInstruments instruments,
    ILogger<ShardReader> logger)
{
    /// <summary>The reader is the caller's to run once and to dispose.</summary>
    /// <param name="application">Name of the application; also of its lease table and of its fan-out consumer.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="shard">The shard.</param>
    /// <param name="host">Who runs it, for those who read the lease table; the owner's name adds what makes it unique.</param>
    /// <param name="random">Jitter; not shared with others.</param>
    public ShardReader Create(string application, StreamIdentity stream, Shard shard, string host, Random random)
    {
        var scope = scopes.CreateAsyncScope();
        return new(new(
            stream,
            shard,
            LeaseOwner.Name(host, Guid.NewGuid()),
            client,
            consumers,
            room,
            application,
            leases.For(application),
            scope.ServiceProvider.GetRequiredService<IRecordProcessor>(),
            scope,
            options.Value,
            time,
            random,
            instruments.For(application, stream.Name, shard.Id),
            logger));
    }
}
