using System.Text;
using System.Text.Json.Nodes;

namespace DataProcessor.Chaos;

/// <summary>
/// Reads a whole stream from TRIM_HORIZON over plain HTTP and JSON, and takes aggregates apart by itself: nothing of the
/// system's own client or reader is trusted here.
/// </summary>
internal sealed class StreamWitness(Uri endpoint) : IDisposable
{
    private readonly PlainKinesis _kinesis = new(endpoint);

    public static async Task<List<Sighting>> ReadAsync(Uri endpoint, string stream, CancellationToken cancellationToken)
    {
        using var witness = new StreamWitness(endpoint);
        var shards = await witness._kinesis.CallAsync("ListShards", new() { ["StreamName"] = stream }, cancellationToken);
        var found = new List<Sighting>();
        foreach (var shard in shards["Shards"]!.AsArray())
        {
            await witness.ReadShardAsync(stream, (string)shard!["ShardId"]!, found, cancellationToken);
        }

        return found;
    }

    public void Dispose() => _kinesis.Dispose();

    private async Task ReadShardAsync(string stream, string shardId, List<Sighting> found, CancellationToken cancellationToken)
    {
        var start = new JsonObject { ["StreamName"] = stream, ["ShardId"] = shardId, ["ShardIteratorType"] = "TRIM_HORIZON" };
        var iterator = (string?)(await _kinesis.CallAsync("GetShardIterator", start, cancellationToken))["ShardIterator"];
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(210));
        while (iterator is not null)
        {
            var page = await _kinesis.CallAsync("GetRecords", new() { ["ShardIterator"] = iterator, ["Limit"] = 10_000 }, cancellationToken);
            foreach (var record in page["Records"]!.AsArray())
            {
                found.AddRange(Expand(shardId, record!));
            }

            if (page["Records"]!.AsArray().Count == 0 && (long)page["MillisBehindLatest"]! == 0)
            {
                return;
            }

            iterator = (string?)page["NextShardIterator"];
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private static IEnumerable<Sighting> Expand(string shardId, JsonNode record)
    {
        var sequence = (string)record["SequenceNumber"]!;
        var data = Convert.FromBase64String((string)record["Data"]!);
        return data.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xF3, 0x89, 0x9A, 0xC2])
            ? Aggregate(data.AsMemory(4, data.Length - 20)).Select((user, sub) => new Sighting(new(shardId, sequence, sub), user.Key, user.Data))
            : [new Sighting(new(shardId, sequence, 0), (string)record["PartitionKey"]!, Encoding.UTF8.GetString(data))];
    }

    private static IEnumerable<(string Key, string Data)> Aggregate(ReadOnlyMemory<byte> message)
    {
        var keys = new List<string>();
        foreach (var (field, _, bytes) in Fields(message))
        {
            if (field == 1)
            {
                keys.Add(Encoding.UTF8.GetString(bytes.Span));
            }
            else if (field == 3)
            {
                var parts = Fields(bytes).ToList();
                yield return (
                    keys[(int)parts.First(part => part.Field == 1).Number],
                    Encoding.UTF8.GetString(parts.First(part => part.Field == 3).Bytes.Span));
            }
        }
    }

    private static IEnumerable<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> Fields(ReadOnlyMemory<byte> message)
    {
        while (!message.IsEmpty)
        {
            var key = Varint(ref message);
            var number = Varint(ref message);
            var isBytes = (key & 7) == 2;
            yield return ((int)(key >> 3), number, isBytes ? message[..(int)number] : default);
            message = isBytes ? message[(int)number..] : message;
        }
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> message)
    {
        var (value, shift) = (0UL, 0);
        while (true)
        {
            var next = message.Span[0];
            message = message[1..];
            value |= (ulong)(next & 0x7F) << shift;
            shift += 7;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
