using System.Text;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Aggregation;
using DataProcessor.Load.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace DataProcessor.Load.Generator;

/// <summary>The stream that calls are put to: its shards' ranges, and keys that belong to them.</summary>
internal sealed class TargetStream
{
    /// <summary>Enough for the largest aggregate of small records.</summary>
    private const int DistinctKeysPerShard = 4_000;
    private const int Hundred = 100;

    private readonly byte[][][] _hundred;
    private readonly Lazy<byte[][][]> _distinct;

    private TargetStream(HashKeyRange[] ranges, ulong incarnation)
    {
        Ranges = ranges;
        Incarnation = incarnation;
        _hundred = Sort(Enumerable.Range(0, Hundred));
        _distinct = new(() => Sort(Enumerable.Range(0, DistinctKeysPerShard * Ranges.Length)));
    }

    public HashKeyRange[] Ranges { get; }

    /// <summary>For the aggregates' tags.</summary>
    public ulong Incarnation { get; }

    public static async Task<TargetStream> DescribeAsync(Uri endpoint, string stream, CancellationToken cancellationToken)
    {
        var options = new KinesisClientOptions { Endpoint = endpoint };
        var random = new Random(Environment.ProcessId);
        using var client = new KinesisClient(
            options, KinesisCredentials.For(options), KinesisTransport.CreateHandler(), TimeProvider.System, random, NullLogger<KinesisClient>.Instance);
        var summary = await client.DescribeStreamSummaryAsync(stream, cancellationToken);
        var shards = await client.ListShardsAsync(stream, filter: null, cancellationToken);
        return new(
            [.. shards.Select(shard => new HashKeyRange(HashKey.Parse(shard.StartingHashKey), HashKey.Parse(shard.EndingHashKey)))],
            AggregateTag.NameIncarnation(summary.CreatedAt.ToUnixTimeSeconds(), random));
    }

    /// <summary>Partition keys that the shard owns; none if records have no keys, or none of the hundred is its own.</summary>
    public byte[][] KeysOf(int shard, KeyMode mode) => mode switch
    {
        KeyMode.None => [],
        KeyMode.Hundred => _hundred[shard],
        _ => _distinct.Value[shard],
    };

    private byte[][][] Sort(IEnumerable<int> numbers)
    {
        var keys = numbers.Select(number => Encoding.UTF8.GetBytes($"k{number:x12}")).ToLookup(
            key => Array.FindIndex(Ranges, range => range.Contains(HashKey.FromPartitionKey(key))));
        return [.. Ranges.Select((_, shard) => keys[shard].ToArray())];
    }
}
