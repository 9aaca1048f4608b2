using DataProcessor.Gateway;
using DataProcessor.Gateway.Answering;
using DataProcessor.Gateway.Routing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DataProcessor.Unit.Gateway;

public class ShardMapCacheTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly MemoryCluster _cluster = new(2);
    private readonly ShardMapCache _maps;

    public ShardMapCacheTests() => _maps =
        new(_cluster.Grains, _time, Options.Create(new GatewayOptions()), NullLogger<ShardMapCache>.Instance);

    [Fact]
    public async Task A_map_is_asked_for_once_and_again_after_a_minute()
    {
        await GetAsync();
        await GetAsync();
        Assert.Single(_cluster.MapCalls);

        _time.Advance(TimeSpan.FromSeconds(61));
        await GetAsync();
        await GetAsync();
        Assert.Equal(2, _cluster.MapCalls.Count);
    }

    [Fact]
    public async Task A_map_in_hand_outlives_an_outage()
    {
        await GetAsync();
        _cluster.MapFailures.Enqueue(new TimeoutException());
        _time.Advance(TimeSpan.FromSeconds(61));

        Assert.NotNull((await GetAsync()).Routes);
        Assert.NotNull((await GetAsync()).Routes);
        Assert.Empty(_cluster.MapFailures);
        Assert.Equal(2, _cluster.MapCalls.Count);
    }

    [Fact]
    public async Task A_map_found_stale_is_asked_for_with_its_version_unless_a_newer_one_is_here()
    {
        var stale = (await GetAsync()).Routes!;
        _cluster.Map = Maps.Of(5, [UInt128.Zero], firstId: 7);

        var newer = (await _maps.GetNewerAsync(stale)).Routes!;
        await _maps.GetNewerAsync(stale);

        Assert.Equal(5, newer.Map.Version);
        Assert.Equal([0L, 1L], _cluster.MapCalls);
        Assert.Same(newer, (await GetAsync()).Routes);
    }

    [Fact]
    public async Task A_first_map_is_waited_for_a_little()
    {
        _cluster.MapFailures.Enqueue(new TimeoutException());
        var get = GetAsync();
        while (!get.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        Assert.NotNull((await get).Routes);
        Assert.Empty(_cluster.MapFailures);
    }

    [Fact]
    public async Task A_stream_that_is_not_there_is_remembered_for_a_second()
    {
        _cluster.MapFailures.Enqueue(new StreamNotFoundException());
        Assert.Equal(ProblemKind.StreamNotFound, (await GetAsync()).Problem?.Kind);
        Assert.Equal(ProblemKind.StreamNotFound, (await GetAsync()).Problem?.Kind);
        Assert.Single(_cluster.MapCalls);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull((await GetAsync()).Routes);
    }

    [Fact]
    public async Task Made_up_names_do_not_push_out_streams_in_use()
    {
        await GetAsync();
        for (var i = 0; i < ShardMapCache.MaxStreams + 50; i++)
        {
            await _maps.GetAsync($"made-up-{i}", TestContext.Current.CancellationToken);
        }

        await GetAsync();
        Assert.Equal(ShardMapCache.MaxStreams, _maps.Count);
        Assert.Single(_cluster.MapCalls);
    }

    [Fact]
    public async Task Made_up_names_cost_no_more_calls_than_the_account_can_spare()
    {
        var refused = 0;
        for (var i = 0; i < 1_000; i++)
        {
            var lookup = await _maps.GetAsync($"made-up-{i}", TestContext.Current.CancellationToken);
            refused += lookup.Problem?.Kind == ProblemKind.Busy ? 1 : 0;
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.InRange(_cluster.Missed, 50, LookupLimit.Most + (10 * LookupLimit.PerSecond));
        Assert.Equal(1_000, refused + _cluster.Missed);
        Assert.NotNull((await GetAsync()).Routes);
    }

    [Fact]
    public async Task Streams_that_exist_do_not_use_up_the_calls()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.NotNull((await _maps.GetAsync($"{MemoryCluster.StreamName}-{i}", TestContext.Current.CancellationToken)).Routes);
        }
    }

    private Task<RoutesLookup> GetAsync() =>
        _maps.GetAsync(MemoryCluster.StreamName, TestContext.Current.CancellationToken).AsTask();
}
