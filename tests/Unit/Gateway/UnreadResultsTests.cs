using System.Text.Json;
using Xunit;

namespace DataProcessor.Unit.Gateway;

/// <summary>Clients that send and do not read.</summary>
public class UnreadResultsTests
{
    /// <summary>Their results have some 11 MB: more than the buffers of a loopback connection hold.</summary>
    private const int Records = 80_000;

    private static readonly string Body = string.Concat(Enumerable.Repeat("{\"data\":\"x\"}\n", Records));

    [Fact]
    public async Task A_client_that_reads_only_when_all_is_sent_gets_every_result()
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        using var connection = await gateway.ConnectAsync();
        await SendAllAsync(connection);
        await gateway.WhenStoredAsync(Records);

        Assert.Equal(200, await connection.ReadStatusAsync());
        var ids = await connection.ReadLinesAsync().Select(IdOf).ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, Records).Select(i => (long)i), ids);
        await gateway.WhenNothingInFlightAsync();
    }

    [Fact]
    public async Task The_body_is_read_no_further_than_results_are_taken_when_none_may_be_held()
    {
        await using var gateway = await LoopbackGateway.StartAsync(configure: options => options.MaxUnreadResultBytes = 0);
        using var connection = await gateway.ConnectAsync();
        var sending = SendAllAsync(connection);

        Assert.Equal(200, await connection.ReadStatusAsync());
        var ids = await connection.ReadLinesAsync().Select(IdOf).ToListAsync(TestContext.Current.CancellationToken);
        await sending;

        Assert.Equal(Enumerable.Range(0, Records).Select(i => (long)i), ids);
    }

    [Fact]
    public async Task What_finds_no_room_is_counted_in_the_last_line()
    {
        await using var gateway = await LoopbackGateway.StartAsync(configure: options =>
            (options.MaxUnreadResultBytes, options.BusyPatience) = (0, TimeSpan.FromSeconds(1.5)));
        using var connection = await gateway.ConnectAsync();
        await SendAllAsync(connection);
        await gateway.WhenStoredAsync(Records);

        Assert.Equal(200, await connection.ReadStatusAsync());
        var lines = await connection.ReadLinesAsync().ToListAsync(TestContext.Current.CancellationToken);

        var listed = lines.Count - 1;
        Assert.InRange(listed, 1, Records - 1);
        Assert.Equal(Enumerable.Range(0, listed).Select(i => (long)i), lines[..^1].Select(IdOf));
        Assert.Equal(Records - listed, lines[^1].GetProperty("successCount").GetInt64());
    }

    [Fact]
    public async Task A_client_that_never_reads_is_cut_off()
    {
        await using var gateway = await LoopbackGateway.StartAsync(configure: options => options.BusyPatience = TimeSpan.FromMilliseconds(200));
        using var connection = await gateway.ConnectAsync();
        await SendAllAsync(connection);
        await gateway.WhenStoredAsync(Records);
        await gateway.WhenNothingInFlightAsync();

        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            await connection.ReadStatusAsync();
            Assert.InRange(await connection.ReadLinesAsync().CountAsync(TestContext.Current.CancellationToken), Records, Records);
        });
    }

    private static async Task SendAllAsync(RawConnection connection)
    {
        await connection.SendHeadAsync($"Content-Type: application/x-ndjson\r\nContent-Length: {Body.Length}");
        await connection.SendAsync(Body);
    }

    private static long IdOf(JsonElement line) => line.GetProperty("id").GetInt64();
}
