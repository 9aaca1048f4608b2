using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using Xunit;

namespace DataProcessor.Chaos;

/// <summary>What clients see when a silo dies: those of the gateway that is left.</summary>
public sealed class FailoverTests(ITestOutputHelper output)
{
    /// <summary>The producers of half of them are there before the second silo; Orleans places some of the others on it.</summary>
    private const int Shards = 24;

    /// <summary>Nobody waits for an answer before the next post: what hangs must not hide what works.</summary>
    private static readonly TimeSpan BetweenPosts = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Records_without_a_key_flow_again_a_second_after_a_silo_was_killed()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        await using var system = await SystemUnderTest.StartAsync(Shards, plant: "", patience.Token);
        using var http = new HttpClient();
        for (var shard = 0; shard < Shards / 2; shard++)
        {
            var hashKey = UInt128.MaxValue / Shards * (uint)shard;
            using var answer = await http.PostAsJsonAsync(system.Gateway, new { data = "x", explicitHashKey = $"{hashKey + 1}" }, patience.Token);
            answer.EnsureSuccessStatusCode();
        }

        await system.JoinSiloAsync(patience.Token);
        var posts = new ConcurrentQueue<Post>();
        var clock = Stopwatch.StartNew();

        await PostForAsync(TimeSpan.FromSeconds(2));
        var killed = clock.Elapsed;
        await system.KillJoinedSiloAsync();
        await PostForAsync(TimeSpan.FromSeconds(3));
        await Task.WhenAll(posts.Select(post => post.Answer));

        var late = posts.Where(post => post.Begun > killed).ToArray();
        var slow = await CountAsync(late, post => post.Begun <= killed + Recovery, Recovery);
        var slowLater = await CountAsync(late, post => post.Begun > killed + Recovery, Recovery);
        output.WriteLine($"{posts.Count} posts, {late.Length} after the kill; of those begun within 1 s of it {slow} took more than 1 s, of the later ones {slowLater}");
        Assert.All(posts, post => Assert.True(post.Answer.Result is not null, "A post failed."));
        Assert.True(slow > 0, "The silo that was killed had no producer.");
        Assert.Equal(0, slowLater);

        async Task PostForAsync(TimeSpan span)
        {
            var end = clock.Elapsed + span;
            using var timer = new PeriodicTimer(BetweenPosts);
            while (clock.Elapsed < end)
            {
                posts.Enqueue(new(clock.Elapsed, PostAsync(http, system.Gateway)));
                await timer.WaitForNextTickAsync(patience.Token);
            }
        }
    }

    private static async Task<int> CountAsync(Post[] posts, Func<Post, bool> isMeant, TimeSpan longerThan)
    {
        var took = await Task.WhenAll(posts.Where(isMeant).Select(post => post.Answer));
        return took.Count(time => time > longerThan);
    }

    /// <returns>How long it took; null if it failed.</returns>
    private static async Task<TimeSpan?> PostAsync(HttpClient http, Uri gateway)
    {
        var clock = Stopwatch.StartNew();
        using var response = await http.PostAsJsonAsync(gateway, new { data = "x" }, CancellationToken.None);
        return response.IsSuccessStatusCode ? clock.Elapsed : null;
    }

    private sealed record Post(TimeSpan Begun, Task<TimeSpan?> Answer);
}
