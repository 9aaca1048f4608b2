using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Reading;
using DataProcessor.Unit.Reading;
using Xunit;

namespace DataProcessor.Unit.Leases;

/// <summary>Two activations of one shard at the same time, forced: real readers on the embedded Kinesis.</summary>
public sealed class FencingTests : IDisposable
{
    private readonly ReaderWorld _world = new();

    [Theory]
    [InlineData("FanOut")]
    [InlineData("Polling")]
    public void Of_two_activations_the_older_one_ends_at_its_next_write_and_the_checkpoint_never_goes_back(string kind) => _world.Run(async () =>
    {
        _world.Options.Reader = Enum.Parse<ReaderKind>(kind);
        await using var stream = await EmbeddedStream.StartAsync(_world);
        var checkpoints = new List<Checkpoint>();
        using var stop = new CancellationTokenSource();
        var (stale, staleStore) = (new RecordingProcessor(), new CountingStore(_world.Store));
        var staleReading = stream.Reader(stale, staleStore).RunAsync(CancellationToken.None);
        await stream.PutAsync(0, 5);
        await _world.Time.Until(() => stale.Handled.Count == 5);

        var current = new RecordingProcessor();
        var reading = stream.Reader(current).RunAsync(stop.Token);
        await _world.Time.Pass(TimeSpan.FromSeconds(1));
        var owner = (await _world.Lease()).Owner;
        for (var i = 5; i < 60; i++)
        {
            await stream.PutAsync(i, 1);
            await _world.Time.Pass(TimeSpan.FromSeconds(1));
            var lease = await _world.Lease();
            Assert.Equal(owner, lease.Owner);
            checkpoints.Add(lease.Checkpoint);
        }

        Assert.Equal(ReaderExit.LeaseLost, await staleReading);
        var writes = staleStore.Writes;
        stop.Cancel();
        Assert.Equal(ReaderExit.Stopped, await reading);
        Assert.Equal(checkpoints.Order(), checkpoints);
        Assert.InRange(writes, 2, 3); // made, taken, and refused unless it had read that the lease is lost
        Assert.Equal(EmbeddedStream.Numbers(0, 60), current.Handled);
        Assert.True(stale.Handled.Count < 20, $"The stale reader went on for {stale.Handled.Count} records.");
    });

    [Fact]
    public void Readers_that_take_a_lease_from_each_other_again_and_again_lose_no_record() => _world.Run(async () =>
    {
        await using var stream = await EmbeddedStream.StartAsync(_world);
        var (handled, readings, lost) = (new HashSet<string>(), new List<Task<ReaderExit>>(), 0);
        using var stop = new CancellationTokenSource();
        for (var i = 0; i < 60; i++)
        {
            var processor = new RecordingProcessor((batch, _) =>
            {
                foreach (var record in batch)
                {
                    handled.Add(System.Text.Encoding.UTF8.GetString(record.Data.Span));
                }

                return Task.CompletedTask;
            });
            readings.Add(stream.Reader(processor).RunAsync(stop.Token));
            await stream.PutAsync(i, 1);
            await _world.Time.Pass(TimeSpan.FromMilliseconds(700));
        }

        await _world.Time.Pass(TimeSpan.FromSeconds(30));
        stop.Cancel();
        lost = (await Task.WhenAll(readings)).Count(exit => exit == ReaderExit.LeaseLost);
        Assert.Equal(59, lost);
        Assert.Equal(EmbeddedStream.Numbers(0, 60), handled.Order(Comparer<string>.Create((a, b) => int.Parse(a) - int.Parse(b))));
        Assert.Equal(Checkpoint.At((await _world.Lease()).Checkpoint.Position), (await _world.Lease()).Checkpoint);
    });

    public void Dispose() => _world.Dispose();
}
