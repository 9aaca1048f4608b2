using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Xunit;

namespace DataProcessor.Chaos;

/// <summary>What clients behind a load balancer see of a process that an orchestrator stops.</summary>
public sealed class StopTests(ITestOutputHelper output)
{
    private const int Clients = 8;
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(4);

    /// <summary>Until a load balancer has noticed, and sends nothing any more.</summary>
    private static readonly TimeSpan Unnoticed = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task After_SIGTERM_the_gateway_serves_on_for_a_while_closes_connections_and_loses_nothing()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        await using var system = await SystemUnderTest.StartAsync(
            shards: 2, plant: "", patience.Token, siloArguments: [$"--Gateway:DrainTime={DrainTime}"]);
        using var http = new HttpClient();
        var posts = new Posts();
        using var noticed = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(_ => PostAsync(http, system.Gateway, posts, noticed.Token)).ToArray();
        await Wait.UntilAsync(() => posts.Answered > 10 * Clients, patience.Token);

        var stopping = Stopwatch.StartNew();
        var exit = system.TerminateSiloAsync(patience.Token);
        await Wait.UntilAsync(() => posts.Closed > 0, patience.Token);
        using var ready = await http.GetAsync(new Uri(system.Gateway, "/ready"), patience.Token);
        noticed.CancelAfter(Unnoticed);
        await Task.WhenAll(clients);

        Assert.Equal(0, await exit);
        output.WriteLine($"{posts.Answered} answers, {posts.Closed} of them closed their connection; {posts.Failed} failed; gone after {stopping.Elapsed.TotalSeconds:F1} s");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal(0, posts.Failed);
        Assert.True(posts.Closed > Clients, "The gateway did not go on serving.");
        Assert.InRange(stopping.Elapsed, DrainTime, DrainTime + TimeSpan.FromSeconds(15));
        var stream = await StreamWitness.ReadAsync(system.Kinesis, "data-processing-stream", patience.Token);
        Assert.Equal(posts.Answered, stream.Count);
    }

    private static async Task PostAsync(HttpClient http, Uri gateway, Posts posts, CancellationToken noticed)
    {
        while (!noticed.IsCancellationRequested)
        {
            try
            {
                using var response = await http.PostAsJsonAsync(gateway, new { data = "x" }, CancellationToken.None);
                Interlocked.Increment(ref response.IsSuccessStatusCode ? ref posts.Answered : ref posts.Failed);
                if (response.Headers.ConnectionClose == true)
                {
                    Interlocked.Increment(ref posts.Closed);
                }
            }
            catch (HttpRequestException)
            {
                Interlocked.Increment(ref posts.Failed);
            }
        }
    }

    private sealed class Posts
    {
        public int Answered;
        public int Failed;
        public int Closed;
    }
}
