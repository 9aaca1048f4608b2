using DataProcessor.Grains.Producing;
using Xunit;

namespace DataProcessor.Unit.Producing;

/// <summary>What records wait and how many share a call, at any rate. Each record is a put of its own, at a random moment.</summary>
public sealed class SendingFiguresTests
{
    private static readonly TimeSpan Fastest = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Slowest = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void From_one_record_a_second_to_fifty_thousand_there_is_no_cliff()
    {
        double[] rates = [1, 3, 10, 30, 60, 100, 150, 200, 300, 500, 750, 1000, 1500, 2500, 5000, 10_000, 25_000, 50_000];
        var figures = Array.ConvertAll(rates, rate => Measure(shards: 10, rate));

        foreach (var figure in figures)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(figure.ToString());
            var bound = new ProducerOptions().RecordMaxBufferedTime + Slowest + Slowest; // The call before, and its own.
            Assert.InRange(figure.Slowest, 0, bound.TotalMilliseconds);
        }

        // A lone record waits for nothing but the call.
        Assert.All(figures.Take(3), figure => Assert.InRange(figure.Slowest, 5, Slowest.TotalMilliseconds + 10));
        for (var i = 1; i < figures.Length; i++)
        {
            var (before, after) = (figures[i - 1], figures[i]);
            Assert.InRange(after.P50, 0.7 * before.P50, 2 * before.P50);
            Assert.InRange(after.P99, 0.7 * before.P99, 2 * before.P99);
            Assert.True(after.RecordsPerCall > 0.7 * before.RecordsPerCall);
        }
    }

    [Fact]
    public void Five_thousand_records_a_second_over_five_shards_share_calls_of_more_than_251()
    {
        var figure = Measure(shards: 5, rate: 5000);
        TestContext.Current.TestOutputHelper?.WriteLine(figure.ToString());
        Assert.True(figure.RecordsPerCall >= 251);
    }

    private static Figure Measure(int shards, double rate)
    {
        Figure? figure = null;
        Simulation.Run(async simulation =>
        {
            var kinesis = new SimulatedKinesis(simulation, shards) { Latency = Fastest, Jitter = Slowest - Fastest };
            await using var silo = new SimulatedSilo(simulation, kinesis);
            var pools = Enumerable.Range(0, shards).Select(shard => Loads.Of(silo.Map, shard, puts: 20, recordsAPut: 1, dataSize: 100)).ToArray();
            var arrivals = new PoissonArrivals(simulation, rate);

            // A producer begins with half a second's budget; then some seconds, or 60 records if they are few.
            await RunAsync((int)(1.2 * rate));
            var calls = kinesis.Calls;
            var latencies = await RunAsync((int)Math.Clamp(3 * rate, 60, Math.Max(5000, 0.5 * rate)));
            figure = new(
                rate, shards, latencies[latencies.Length / 2], latencies[latencies.Length * 99 / 100], latencies[^1],
                (double)latencies.Length / (kinesis.Calls - calls));

            async Task<double[]> RunAsync(int records)
            {
                var open = new Task<double>[records];
                for (var i = 0; i < records; i++)
                {
                    await arrivals.NextAsync();
                    var shard = simulation.Random.Next(shards);
                    open[i] = PutAsync(shard, pools[shard][simulation.Random.Next(20)]);
                }

                return [.. (await Task.WhenAll(open)).Order()];
            }

            async Task<double> PutAsync(int shard, PutRequest request)
            {
                var began = simulation.Time.GetTimestamp();
                var response = await silo.PutAsync(shard, request with { Id = new(Guid.NewGuid()) });
                Assert.Equal(PutOutcome.Stored, Assert.Single(response.Runs).Outcome);
                return simulation.Time.GetElapsedTime(began).TotalMilliseconds;
            }
        });
        return figure!;
    }

    private sealed record Figure(double Rate, int Shards, double P50, double P99, double Slowest, double RecordsPerCall)
    {
        public override string ToString() =>
            $"{Rate,6:N0} records/s over {Shards} shards: p50 {P50,3:F0} ms, p99 {P99,3:F0} ms, slowest {Slowest,3:F0} ms, {RecordsPerCall,7:F1} user records a call";
    }
}
