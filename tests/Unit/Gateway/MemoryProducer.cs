using System.Collections.Concurrent;
using System.Text;

namespace DataProcessor.Unit.Gateway;

internal sealed record StoredRecord(HashKey HashKey, string PartitionKey, string Data, bool IsKeyless);

/// <summary>Keeps what it is given; the first calls of each kind are answered by the test.</summary>
internal sealed class MemoryProducer(string shardId) : IProducerGrain
{
    private long _sequence;

    public string ShardId { get; } = shardId;

    public ConcurrentQueue<StoredRecord> Stored { get; } = new();

    public ConcurrentQueue<PutRequest> Puts { get; } = new();

    public ConcurrentQueue<PutId> Awaits { get; } = new();

    /// <summary>Answers to the next puts, before the producer takes any.</summary>
    public ConcurrentQueue<Func<PutRequest, Task<PutResponse>>> PutScript { get; } = new();

    public ConcurrentQueue<Func<PutId, Task<PutResponse>>> AwaitScript { get; } = new();

    /// <summary>Runs before a put is stored that the test does not answer.</summary>
    public Func<PutRequest, Task>? BeforeStore { get; set; }

    public async Task<PutResponse> Put(PutRequest request)
    {
        Puts.Enqueue(request);
        if (PutScript.TryDequeue(out var answer))
        {
            return await answer(request);
        }

        await (BeforeStore?.Invoke(request) ?? Task.CompletedTask);
        return Store(request);
    }

    public Task<PutResponse> Await(PutId id)
    {
        Awaits.Enqueue(id);
        return AwaitScript.TryDequeue(out var answer)
            ? answer(id)
            : Task.FromResult(PutResponse.Unknown);
    }

    public Task Move(SiloAddress from, SiloAddress to) => Task.CompletedTask;

    public Task<bool> Announce(HashKey[] borders) => throw new NotSupportedException();

    public Task Follow(ShardMap map) => throw new NotSupportedException();

    public PutResponse Store(PutRequest request)
    {
        foreach (var record in Read(request.Frames))
        {
            Stored.Enqueue(record);
        }

        var sequence = Interlocked.Increment(ref _sequence);
        return PutResponse.Settled(
            [new(0, request.Count, PutOutcome.Stored, ShardId, new($"{sequence}"), 0, 1, null, null)]);
    }

    public void ThenPut(PutResponse answer) => PutScript.Enqueue(_ => Task.FromResult(answer));

    public void ThenPutFails(Exception failure) => PutScript.Enqueue(_ => Task.FromException<PutResponse>(failure));

    public void ThenAwait(PutResponse answer) => AwaitScript.Enqueue(_ => Task.FromResult(answer));

    public static List<StoredRecord> Read(byte[] frames)
    {
        var records = new List<StoredRecord>();
        for (ReadOnlySpan<byte> rest = frames; !rest.IsEmpty;)
        {
            var frame = RecordFrame.Read(rest);
            records.Add(new(
                frame.HashKey,
                Encoding.UTF8.GetString(frame.PartitionKey),
                Encoding.UTF8.GetString(frame.Data),
                frame.IsKeyless));
            rest = rest[frame.Length..];
        }

        return records;
    }
}
