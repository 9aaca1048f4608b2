using System.Diagnostics.Metrics;
using CsCheck;
using DataProcessor.Grains.Reading;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using MicrosoftOptions = Microsoft.Extensions.Options.Options;

namespace DataProcessor.Unit.Reading;

public sealed class PageRoomTests : IDisposable
{
    private const int MiB = 1024 * 1024;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task What_does_not_fit_waits_its_turn_and_a_smaller_page_does_not_overtake_it()
    {
        var room = Room(4 * MiB);
        await room.TakeAsync(3 * MiB, Cancellation);
        var large = room.TakeAsync(2 * MiB, Cancellation).AsTask();
        var later = room.TakeAsync(MiB, Cancellation).AsTask();
        Assert.False(large.IsCompleted || later.IsCompleted);

        room.Return(3 * MiB);
        await large;
        await later;
        Assert.Equal(3 * MiB, room.Taken);
    }

    [Fact]
    public async Task A_small_page_goes_on_while_others_hold_all_the_room()
    {
        var room = Room(4 * MiB);
        await room.TakeAsync(4 * MiB, Cancellation);
        var stuck = room.TakeAsync(MiB, Cancellation).AsTask();
        await room.TakeAsync(PageRoom.SmallPageBytes, Cancellation);
        Assert.False(stuck.IsCompleted);
        Assert.Equal(1, room.Waiting);
    }

    [Fact]
    public async Task A_page_larger_than_all_the_room_goes_alone()
    {
        var room = Room(MiB);
        await room.TakeAsync(10 * MiB, Cancellation);
        var next = room.TakeAsync(MiB, Cancellation).AsTask();
        Assert.False(next.IsCompleted);
        room.Return(10 * MiB);
        await next;
    }

    [Fact]
    public async Task Who_gives_up_takes_nothing_and_lets_the_next_in()
    {
        var room = Room(4 * MiB);
        await room.TakeAsync(3 * MiB, Cancellation);
        using var impatient = new CancellationTokenSource();
        var large = room.TakeAsync(4 * MiB, impatient.Token).AsTask();
        var next = room.TakeAsync(MiB, Cancellation).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        await next;
        Assert.Equal(4 * MiB, room.Taken);
    }

    [Fact]
    public Task Whatever_readers_do_the_bound_holds_and_all_room_comes_back() => Gen.Int[1, 3 * MiB].Array[1, 60].SampleAsync(
        async sizes =>
        {
            var room = Room(4 * MiB);
            var smallPages = sizes.Where(bytes => bytes <= PageRoom.SmallPageBytes).Sum(bytes => (long)bytes);
            await Task.WhenAll(sizes.Select(async bytes =>
            {
                await room.TakeAsync(bytes, Cancellation);
                await Task.Yield();
                Assert.InRange(room.Taken, 0, (4 * MiB) + smallPages);
                room.Return(bytes);
            }));
            Assert.Equal(0, room.Taken);
        },
        iter: 200);

    private PageRoom Room(long bytes) => new(
        MicrosoftOptions.Create(new ReaderOptions { PageBytes = bytes }), _services.GetRequiredService<IMeterFactory>());
}
