using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Reading;
using DataProcessor.Unit.Reading;
using Xunit;

namespace DataProcessor.Unit.Leases;

/// <summary>An application that was KCL's, or is again: one after the other, never together.</summary>
public sealed class TakeoverTests : IDisposable
{
    private readonly ReaderWorld _world = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _stopKcl = new();
    private readonly RecordingProcessor _processor = new();
    private readonly KclWorker _kcl;

    public TakeoverTests()
    {
        _kcl = new(_world.Store, "app", ReaderWorld.Stream.LeaseKey(ReaderWorld.Shard0.Id), _world.Time.Clock);
        for (var i = 0; i < 10; i++)
        {
            _world.Shard.Put($"{i}");
        }
    }

    [Fact]
    public void A_lease_that_KCL_renews_is_left_alone_and_read_on_from_its_place_when_KCL_has_gone() => _world.Run(async () =>
    {
        await MakeLeaseAsync(Checkpoint.At(new(ScriptedShard.NumberOf(3), 0)));
        var kcl = _kcl.RunAsync(_stopKcl.Token);
        var reader = _world.Reader(_processor);
        var reading = reader.RunAsync(_stop.Token);
        await _world.Time.Pass(TimeSpan.FromMinutes(5));

        Assert.Equal((0, ShardState.Retrying), (_processor.Handled.Count, reader.Status.State));
        Assert.Contains(KclWorker.Name, reader.Status.LastError, StringComparison.Ordinal);
        Assert.Contains("--Reader:Takeover=Force", reader.Status.LastError, StringComparison.Ordinal);
        Assert.InRange(_kcl.Renewals, 85, 95);

        _stopKcl.Cancel();
        Assert.False(await kcl);
        var gone = _world.Time.Clock.GetUtcNow();
        await _world.Time.Until(() => _processor.Handled.Count == 6);
        Assert.InRange((_world.Time.Clock.GetUtcNow() - gone).TotalSeconds, 20, 41);
        Assert.Null(reader.Status.LastError);
        await StopAsync(reading);
        Assert.Equal(EmbeddedStream.Numbers(4, 6), _processor.Handled);
    });

    [Fact]
    public void The_lease_of_a_worker_that_is_dead_is_taken_once_it_has_stood_still() => _world.Run(async () =>
    {
        await MakeLeaseAsync(Checkpoint.TrimHorizon);
        await _kcl.TakeAsync();
        var began = _world.Time.Clock.GetUtcNow();
        var reader = _world.Reader(_processor);
        var reading = reader.RunAsync(_stop.Token);
        await _world.Time.Pass(TimeSpan.FromSeconds(1));
        Assert.Contains("watched", reader.Status.LastError, StringComparison.Ordinal);

        await _world.Time.Until(() => _processor.Handled.Count == 10);
        Assert.InRange((_world.Time.Clock.GetUtcNow() - began).TotalSeconds, 30, 31);
        await StopAsync(reading);
    });

    [Fact]
    public void By_force_a_lease_is_taken_at_once_and_its_owner_finds_it_lost() => _world.Run(async () =>
    {
        _world.Options.Takeover = TakeoverRule.Force;
        await MakeLeaseAsync(Checkpoint.TrimHorizon);
        var kcl = _kcl.RunAsync(CancellationToken.None);
        await _world.Time.Pass(TimeSpan.FromSeconds(10));
        var reading = _world.Reader(_processor).RunAsync(_stop.Token);
        await _world.Time.Pass(TimeSpan.FromSeconds(4));

        Assert.Equal(10, _processor.Handled.Count);
        Assert.True(await kcl);
        await StopAsync(reading);
    });

    [Fact]
    public void A_lease_lost_to_KCL_is_not_taken_back_while_it_is_renewed() => _world.Run(async () =>
    {
        var reading = _world.Reader(_processor).RunAsync(_stop.Token);
        await _world.Time.Pass(TimeSpan.FromSeconds(30));
        var kcl = _kcl.RunAsync(_stopKcl.Token); // Our lease has stood still: nothing has come.
        await _world.Time.Pass(TimeSpan.FromSeconds(5));
        _world.Shard.Put("10");
        Assert.Equal(ReaderExit.LeaseLost, await reading);

        var next = _world.Reader(new RecordingProcessor((_, _) => throw new InvalidOperationException("It is KCL's."))).RunAsync(_stop.Token);
        await _world.Time.Pass(TimeSpan.FromMinutes(3));
        Assert.Equal(KclWorker.Name, (await _world.Lease()).Owner);
        await StopAsync(next);
        _stopKcl.Cancel();
        Assert.False(await kcl);
    });

    [Fact]
    public void A_clean_stop_leaves_a_lease_that_anybody_takes_at_once_and_a_crashed_silo_of_ours_is_not_waited_for() => _world.Run(async () =>
    {
        var reading = _world.Reader(_processor).RunAsync(_stop.Token);
        await _world.Time.Until(() => _processor.Handled.Count == 10);
        await StopAsync(reading);
        Assert.Equal((null, Checkpoint.At(new(ScriptedShard.NumberOf(9), 0))), ((await _world.Lease()).Owner, (await _world.Lease()).Checkpoint));

        var crashed = _world.Reader(_processor).RunAsync(CancellationToken.None);
        await _world.Time.Pass(TimeSpan.FromSeconds(1));
        Assert.NotNull((await _world.Lease()).Owner);
        using var stop = new CancellationTokenSource();
        var next = _world.Reader(_processor);
        reading = next.RunAsync(stop.Token);
        await _world.Time.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(ShardState.Reading, next.Status.State);
        _world.Shard.Put("10");
        await _world.Time.Pass(TimeSpan.FromSeconds(30));
        Assert.Equal(ReaderExit.LeaseLost, await crashed);
        stop.Cancel();
        Assert.Equal(ReaderExit.Stopped, await reading);
    });

    public void Dispose()
    {
        _stop.Dispose();
        _stopKcl.Dispose();
        _world.Dispose();
    }

    private async Task MakeLeaseAsync(Checkpoint checkpoint) => await new LeaseTable(_world.Store, "app")
        .CreateAsync(ReaderWorld.Stream, ReaderWorld.Shard0, checkpoint, CancellationToken.None);

    private async Task StopAsync(Task<ReaderExit> reading)
    {
        _stop.Cancel();
        Assert.Equal(ReaderExit.Stopped, await reading);
    }
}
