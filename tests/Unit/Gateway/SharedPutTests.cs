using System.Collections.Concurrent;
using System.Globalization;
using Xunit;

namespace DataProcessor.Unit.Gateway;

/// <summary>Single records of concurrent requests share puts.</summary>
public class SharedPutTests
{
    private const int Clients = 64;
    private const int RecordsPerClient = 50;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Concurrent_single_records_share_puts_and_each_request_gets_its_own_place(bool hasKeys)
    {
        await using var gateway = await LoopbackGateway.StartAsync(shards: 2);
        var places = await Task.WhenAll(Enumerable.Range(0, Clients).Select(PostAllAsync));

        Assert.Equal(Clients * RecordsPerClient, gateway.Cluster.StoredCount);
        Assert.Equal(Clients * RecordsPerClient, places.SelectMany(place => place).Distinct().Count());
        var puts = gateway.Cluster.Map.Open.Sum(shard => gateway.Cluster.Producer(shard.Id).Puts.Count);
        Assert.InRange(puts, 1, (Clients * RecordsPerClient) - 1);
        TestContext.Current.TestOutputHelper!.WriteLine($"{Clients * RecordsPerClient} records in {puts} puts");
        foreach (var ofClient in gateway.Cluster.Stored.GroupBy(stored => stored.Record.Data.Split(' ')[0]))
        {
            var numbers = ofClient.Where(_ => hasKeys).Select(stored => int.Parse(stored.Record.Data.Split(' ')[1], CultureInfo.InvariantCulture)).ToArray();
            Assert.Equal(numbers.Order(), numbers);
        }

        async Task<string[]> PostAllAsync(int client)
        {
            var answers = new string[RecordsPerClient];
            for (var i = 0; i < RecordsPerClient; i++)
            {
                var key = hasKeys ? $",\"partitionKey\":\"k{client}\"" : "";
                var answer = await gateway.PostAsync($"{{\"data\":\"{client} {i}\"{key}}}");
                Assert.Equal(200, answer.Status);
                answers[i] = answer.Text;
            }

            return answers;
        }
    }

    [Fact]
    public async Task Records_in_a_shared_put_fail_and_move_each_by_itself()
    {
        await using var gateway = await LoopbackGateway.StartAsync(shards: 1);
        var producer = gateway.Cluster.Producer("shardId-000000000000");
        var shared = 0;
        var moved = new ConcurrentDictionary<string, bool>();
        for (var i = 0; i < 1_000; i++)
        {
            producer.PutScript.Enqueue(request =>
            {
                // Once for each record; what was moved comes again and is stored.
                var data = MemoryProducer.Read(request.Frames).Select(record => record.Data).ToArray();
                if (data.Length == 1 || !data.All(one => moved.TryAdd(one, true)))
                {
                    return Task.FromResult(producer.Store(request));
                }

                Interlocked.Increment(ref shared);
                return Task.FromResult(PutResponse.Settled([
                    new(0, 1, PutOutcome.Rejected, null, default, 0, 1, "ValidationException", "no"),
                    new(1, request.Count - 1, PutOutcome.Moved, null, default, 0, 0, null, null),
                ]));
            });
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => gateway.PostAsync($"{{\"data\":\"{i}\",\"partitionKey\":\"k\"}}")));

        var refused = answers.Count(answer => (answer.Status, answer.Code) == (400, "RefusedByKinesis"));
        Assert.InRange(shared, 1, 1_000);
        Assert.Equal(shared, refused);
        Assert.Equal(200 - refused, gateway.Cluster.StoredCount);
        await gateway.WhenNothingInFlightAsync();
    }

    [Fact]
    public async Task A_full_shard_refuses_all_records_of_a_shared_put_at_once()
    {
        await using var gateway = await LoopbackGateway.StartAsync(shards: 1);
        var producer = gateway.Cluster.Producer("shardId-000000000000");
        for (var i = 0; i < 100; i++)
        {
            producer.ThenPut(PutResponse.Busy(TimeSpan.FromSeconds(3)));
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => gateway.PostAsync("""{"data":"x"}""")));

        Assert.All(answers, answer => Assert.Equal((429, TimeSpan.FromSeconds(3)), (answer.Status, answer.Headers.RetryAfter?.Delta)));
    }
}
