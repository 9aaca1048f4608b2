using System.Diagnostics.Metrics;
using DataProcessor.Gateway;
using DataProcessor.Gateway.Putting;
using DataProcessor.Gateway.Reading;
using DataProcessor.Gateway.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;
using Xunit;

namespace DataProcessor.Unit.Gateway;

public sealed class ChunkPutTests : IDisposable
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly MemoryProducer _producer = new("shardId-000000000000");
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task A_pending_put_is_asked_for_until_it_is_settled()
    {
        _producer.ThenPut(PutResponse.Pending);
        _producer.ThenAwait(PutResponse.Pending);
        _producer.AwaitScript.Enqueue(_ => Task.FromResult(_producer.Store(_producer.Puts.Single())));

        var answer = await PutAsync();

        Assert.Equal(ChunkEnd.Settled, answer.End);
        Assert.False(answer.MayBeWritten);
        Assert.Equal([_producer.Puts.Single().Id], _producer.Awaits.Distinct());
    }

    [Fact]
    public async Task A_lost_answer_is_asked_for_before_anything_is_put_again()
    {
        _producer.PutScript.Enqueue(request =>
        {
            _producer.Store(request);
            throw new TimeoutException();
        });
        _producer.ThenAwait(PutResponse.Pending);
        _producer.ThenAwait(PutResponse.Settled([]));

        var answer = await PutAsync();

        Assert.Equal(ChunkEnd.Settled, answer.End);
        Assert.False(answer.MayBeWritten);
        Assert.Single(_producer.Stored);
    }

    [Fact]
    public async Task A_call_that_was_not_delivered_is_repeated_under_the_same_id()
    {
        _producer.ThenPutFails(NotDelivered());
        _producer.ThenPutFails(NotDelivered());

        var answer = await PutAsync();

        Assert.Equal(ChunkEnd.Settled, answer.End);
        Assert.Equal(3, _producer.Puts.Count);
        Assert.Single(_producer.Puts.Select(put => put.Id).Distinct());
        Assert.Empty(_producer.Awaits);
    }

    [Fact]
    public async Task A_producer_that_gets_no_shard_map_has_taken_nothing()
    {
        _producer.ThenPutFails(new StreamUnavailableException());

        var answer = await PutAsync();

        Assert.Equal(ChunkEnd.Settled, answer.End);
        Assert.Single(_producer.Puts.Select(put => put.Id).Distinct());
        Assert.Empty(_producer.Awaits);
    }

    [Fact]
    public async Task Records_of_a_lost_producer_are_put_anew_under_their_id_and_counted_as_possible_duplicates()
    {
        long counted = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "data_processor.gateway.possible_duplicates")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => counted += value);
        listener.Start();
        _producer.ThenPut(PutResponse.Pending);
        _producer.ThenAwait(PutResponse.Unknown);

        var answer = await PutAsync();

        Assert.Equal(ChunkEnd.Settled, answer.End);
        Assert.True(answer.MayBeWritten);
        Assert.Equal(2, _producer.Puts.Count);
        Assert.Single(_producer.Puts.Select(put => put.Id).Distinct());
        Assert.Equal(1, counted);
    }

    [Fact]
    public async Task Without_a_cluster_the_records_are_surely_not_written()
    {
        _producer.PutScript.Enqueue(KeepFailing);
        Task<PutResponse> KeepFailing(PutRequest request)
        {
            _producer.PutScript.Enqueue(KeepFailing);
            throw NotDelivered();
        }

        var answer = await PutAsync();

        Assert.Equal(ChunkEnd.Expired, answer.End);
        Assert.False(answer.MayBeWritten);
        Assert.InRange(_producer.Puts.Count, 25, 50);
        Assert.All(_producer.Puts, put => Assert.InRange(put.TimeToLive, TimeSpan.Zero, Ttl));
    }

    [Fact]
    public async Task A_producer_that_never_answers_leaves_the_outcome_unknown()
    {
        _producer.ThenPutFails(new SiloUnavailableException());
        _producer.AwaitScript.Enqueue(KeepFailing);
        Task<PutResponse> KeepFailing(PutId id)
        {
            _producer.AwaitScript.Enqueue(KeepFailing);
            throw new TimeoutException();
        }

        var answer = await PutAsync();

        Assert.Equal(ChunkEnd.Expired, answer.End);
        Assert.True(answer.MayBeWritten);
        Assert.Single(_producer.Puts);
    }

    [Fact]
    public async Task A_full_shard_refuses_a_request_of_which_nothing_is_taken_at_once()
    {
        _producer.ThenPut(PutResponse.Busy(TimeSpan.FromSeconds(3)));

        var answer = await PutAsync();

        Assert.Equal(ChunkEnd.Busy, answer.End);
        Assert.Equal(TimeSpan.FromSeconds(3), answer.RetryAfter);
        Assert.Single(_producer.Puts);
    }

    [Fact]
    public async Task A_full_shard_is_waited_for_once_part_of_the_request_is_taken_but_not_for_ever()
    {
        var first = new FirstAnswers(shards: 2);
        first.Taken();
        _producer.PutScript.Enqueue(StayBusy);
        Task<PutResponse> StayBusy(PutRequest request)
        {
            _producer.PutScript.Enqueue(StayBusy);
            return Task.FromResult(PutResponse.Busy(TimeSpan.FromSeconds(1)));
        }

        var started = _time.GetTimestamp();
        var answer = await PutAsync(first);

        Assert.Equal(ChunkEnd.Busy, answer.End);
        Assert.Equal(11, _producer.Puts.Count);
        Assert.InRange(_time.GetElapsedTime(started), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(11));
    }

    [Fact]
    public async Task A_client_that_goes_away_ends_the_waiting()
    {
        using var gone = new CancellationTokenSource();
        _producer.PutScript.Enqueue(_ =>
        {
            gone.Cancel();
            return Task.FromResult(PutResponse.Pending);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PutAsync(cancellation: gone.Token));

        Assert.Empty(_producer.Awaits);
    }

    private static GatewayTooBusyException NotDelivered() => new();

    private async Task<ChunkAnswer> PutAsync(FirstAnswers? first = null, CancellationToken? cancellation = null)
    {
        var terms = new PutTerms(
            MemoryCluster.StreamName,
            new Deadline(_time, Ttl),
            BusyPatience: TimeSpan.FromSeconds(10),
            first ?? new FirstAnswers(shards: 1),
            PutIds.Random,
            _time,
            new GatewayMetrics(_services.GetRequiredService<IMeterFactory>(), new ByteBudget(1)),
            NullLogger.Instance);
        var frame = new byte[RecordFrame.SizeOf(1, 1)];
        RecordFrame.Write(frame, HashKey.Min, false, false, "k"u8, "d"u8);
        var target = new ShardTarget(Maps.Even(1).Open[0], _producer, 1000);
        var put = new ChunkPut(new(Guid.NewGuid()), new(new int[1], frame), target, 1, terms)
            .RunAsync(cancellation ?? TestContext.Current.CancellationToken);
        while (!put.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        return await put;
    }
}
