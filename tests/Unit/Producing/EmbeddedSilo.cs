using System.Text;
using Amazon.Runtime;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Aws.Local;
using DataProcessor.Grains.Producing;
using DataProcessor.Unit.Aggregation;
using Microsoft.Extensions.Logging.Abstractions;

namespace DataProcessor.Unit.Producing;

/// <summary>A user record as it was read back.</summary>
/// <param name="Data">Its data as text.</param>
/// <param name="ShardId">Where it is.</param>
/// <param name="Position">The place in the shard.</param>
internal sealed record ReadRecord(string Data, string ShardId, StreamPosition Position);

/// <summary>Producers, a sender and the real client against the embedded Kinesis, in simulated time.</summary>
internal sealed class EmbeddedSilo : IAsyncDisposable
{
    public const string Stream = "stream";

    private readonly KinesisClient _client;

    private EmbeddedSilo(Simulation simulation, LocalKinesisServer server, KinesisClient client, ShardMap map, ProducerOptions? options)
    {
        (Server, _client) = (server, client);
        Silo = new(simulation, map, client.PutRecordsAsync, client.PutRecordAsync, options) { FetchMap = _ => RefreshAsync() };
    }

    public LocalKinesisServer Server { get; }

    public SimulatedSilo Silo { get; }

    public static async Task<EmbeddedSilo> StartAsync(
        Simulation simulation, LocalKinesisOptions options, int shards, ProducerOptions? producerOptions = null)
    {
        options.Port = null;
        options.Streams = new Dictionary<string, int> { [Stream] = shards };
        var server = await LocalKinesisServer.StartAsync(options, simulation.Time, NullLoggerFactory.Instance, default);
        var client = new KinesisClient(
            new() { Endpoint = server.Endpoint }, new KnownCredentials(), server.CreateHandler(),
            simulation.Time, simulation.Random, NullLogger<KinesisClient>.Instance);
        var map = await ReadMapAsync(client, version: 1, options.MaxRecordSizeInKiB * 1024);
        return new(simulation, server, client, map, producerOptions);
    }

    public async Task<ShardMap> RefreshAsync() =>
        Silo.Map = await ReadMapAsync(_client, Silo.Map.Version + 1, Silo.Map.MaxRecordSize);

    /// <summary>Splits a shard in the middle; announced as the stream's grain does, or behind everybody's back.</summary>
    public async Task SplitAsync(Shard shard, bool announced)
    {
        HashKey border = new(shard.Range.Middle.Value + 1);
        while (announced && !await Silo.ProducerOf(shard.Id).AnnounceAsync([border]))
        {
        }

        await _client.SplitShardAsync(Stream, shard.Id, border.ToString(), default);
        await TellAsync(announced, shard.Id);
    }

    public async Task MergeAsync(Shard lower, Shard upper, bool announced)
    {
        await _client.MergeShardsAsync(Stream, lower.Id, upper.Id, default);
        await TellAsync(announced, lower.Id, upper.Id);
    }

    /// <summary>What the stream's readers deliver: every shard's records in their order, parents before children.</summary>
    public async Task<List<ReadRecord>> ReadAsync()
    {
        List<ReadRecord> records = [];
        foreach (var shard in (await RefreshAsync()).Shards.OrderBy(shard => shard.Id, StringComparer.Ordinal))
        {
            var iterator = await _client.GetShardIteratorAsync(Stream, shard.Id, ShardIteratorStart.TrimHorizon, default);
            while (iterator is not null)
            {
                var page = await _client.GetRecordsAsync(iterator, 10_000, default);
                records.AddRange(page.Records.SelectMany(record => Deliver(shard, record)));
                iterator = page.MillisBehindLatest == 0 ? null : page.NextShardIterator;
            }
        }

        return records;
    }

    public async ValueTask DisposeAsync()
    {
        await Silo.DisposeAsync();
        await Server.DisposeAsync();
        _client.Dispose();
    }

    /// <summary>Of BasicAWSCredentials the asynchronous member runs on the thread pool, where simulated time does not wait for it.</summary>
    private sealed class KnownCredentials : AWSCredentials
    {
        public override ImmutableCredentials GetCredentials() => new("local", "local", null);

        public override Task<ImmutableCredentials> GetCredentialsAsync() => Task.FromResult(GetCredentials());
    }

    // The reader's rule: an aggregate of ours that is not all this shard's was sent again.
    private static IEnumerable<ReadRecord> Deliver(Shard shard, KinesisRecord record)
    {
        var data = record.Data.ToArray();
        if (!data.AsSpan().StartsWith<byte>([0xF3, 0x89, 0x9A, 0xC2]))
        {
            return [new(Encoding.UTF8.GetString(data), shard.Id, new(new(record.SequenceNumber), 0))];
        }

        var users = AggregateWriterReference.Parse(data);
        return users.TrueForAll(user => shard.Range.Contains(HashKey.FromPartitionKey(user.PartitionKey)))
            ? users.Select((user, i) => new ReadRecord(Encoding.UTF8.GetString(user.Data), shard.Id, new(new(record.SequenceNumber), i)))
            : [];
    }

    private static async Task<ShardMap> ReadMapAsync(KinesisClient client, long version, int maxRecordSize)
    {
        var shards = await client.ListShardsAsync(Stream, filter: null, default);
        return new(
            new(Stream, 1, "000000000000"),
            version,
            [.. shards.Select(shard => new Shard(
                shard.ShardId,
                new(HashKey.Parse(shard.StartingHashKey), HashKey.Parse(shard.EndingHashKey)),
                [.. new[] { shard.ParentShardId, shard.AdjacentParentShardId }.OfType<string>()],
                IsOpen: shard.EndingSequenceNumber is null))],
            announced: null,
            maxRecordSize);
    }

    private async Task TellAsync(bool announced, params string[] closed)
    {
        if (!announced)
        {
            return;
        }

        var map = await RefreshAsync();
        foreach (var shardId in closed)
        {
            Silo.ProducerOf(shardId).Follow(map);
        }
    }
}
