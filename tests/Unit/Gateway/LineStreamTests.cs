using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using DataProcessor.Gateway.Streaming;
using Xunit;

namespace DataProcessor.Unit.Gateway;

/// <summary>NDJSON bodies of any length: windows, order, results while the body arrives, limits.</summary>
public class LineStreamTests
{
    [Fact]
    public async Task Results_come_while_the_body_is_still_sent()
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        using var connection = await gateway.ConnectAsync();
        await connection.SendLinesHeadAsync();
        await connection.SendChunkAsync("{\"data\":\"0\"}\n{\"da");
        Assert.Equal(200, await connection.ReadStatusAsync());
        await using var lines = connection.ReadLinesAsync().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await lines.MoveNextAsync());
        Assert.Equal(0, IdOf(lines.Current));

        await connection.SendChunkAsync("ta\":\"1\"}\n\n7\n");
        Assert.True(await lines.MoveNextAsync());
        Assert.Equal(1, IdOf(lines.Current));
        Assert.True(await lines.MoveNextAsync());
        Assert.Equal((2, "InvalidRecord"), (IdOf(lines.Current), CodeOf(lines.Current)));

        await connection.SendChunkAsync("x");
        await connection.SendEndAsync();
        Assert.True(await lines.MoveNextAsync());
        Assert.Equal((3, "InvalidJson"), (IdOf(lines.Current), CodeOf(lines.Current)));
        Assert.StartsWith("Line 5 ", lines.Current.GetProperty("message").GetString());
        Assert.False(await lines.MoveNextAsync());
    }

    [Fact]
    public async Task Records_of_a_key_keep_their_order_over_windows_of_any_size()
    {
        const int Records = 20_000;
        var random = new Random(7);
        await using var gateway = await LoopbackGateway.StartAsync(shards: 3);
        for (var shard = 0; shard < 3; shard++)
        {
            gateway.Cluster.Producer($"shardId-{shard:D12}").BeforeStore = async _ => await Task.Yield();
        }

        var body = string.Concat(Enumerable.Range(0, Records).Select(i =>
            $$"""{"data":"{{i}}{{new string(' ', random.Next(50))}}","partitionKey":"k{{random.Next(40)}}"}""" + "\n"));
        using var connection = await gateway.ConnectAsync();
        await connection.SendLinesHeadAsync();
        var sending = SendInPiecesAsync();
        Assert.Equal(200, await connection.ReadStatusAsync());
        var ids = await connection.ReadLinesAsync().Select(IdOf).ToListAsync(TestContext.Current.CancellationToken);
        await sending;

        Assert.Equal(Enumerable.Range(0, Records).Select(i => (long)i), ids);
        Assert.Equal(Records, gateway.Cluster.Stored.Count());
        Assert.All(gateway.Cluster.Stored.GroupBy(stored => stored.Record.PartitionKey), ofKey =>
        {
            var numbers = ofKey.Select(stored => int.Parse(stored.Record.Data, CultureInfo.InvariantCulture)).ToArray();
            Assert.Equal(numbers.Order(), numbers);
        });

        async Task SendInPiecesAsync()
        {
            for (var at = 0; at < body.Length;)
            {
                var piece = Math.Min(body.Length - at, 1 + random.Next(100_000));
                await connection.SendChunkAsync(body.Substring(at, piece));
                at += piece;
            }

            await connection.SendEndAsync();
        }
    }

    [Fact]
    public async Task A_long_body_never_takes_more_than_a_window_of_the_budget()
    {
        await using var gateway = await LoopbackGateway.StartAsync(shards: 1);
        var most = 0L;
        var windows = 0;
        gateway.Cluster.Producer("shardId-000000000000").BeforeStore = _ =>
        {
            (most, windows) = (Math.Max(most, gateway.InFlight.InUse), windows + 1);
            return Task.CompletedTask;
        };
        var line = $$"""{"data":"{{new string('x', 10_000)}}"}""" + "\n";

        var answer = await gateway.PostAsync(string.Concat(Enumerable.Repeat(line, 1500)), "application/x-ndjson", chunked: true);

        Assert.Equal(1500, answer.Lines.Length);
        Assert.InRange(most, 1, LineLimits.MostWindowBytes);
        Assert.InRange(windows, 15_000_000 / LineLimits.MostWindowBytes, int.MaxValue);
        await gateway.WhenNothingInFlightAsync();
    }

    [Fact]
    public async Task A_body_that_is_announced_to_be_short_is_put_in_one_go_however_it_arrives()
    {
        await using var gateway = await LoopbackGateway.StartAsync(shards: 1);
        using var connection = await gateway.ConnectAsync();
        const string Half = "{\"data\":\"0\"}\n{\"data\":\"1\"}\n";
        await connection.SendHeadAsync($"Content-Type: application/x-ndjson\r\nContent-Length: {2 * Half.Length}");
        await connection.SendAsync(Half);
        await gateway.WhenInFlightAsync(Half.Length);
        await connection.SendAsync(Half);

        Assert.Equal(200, await connection.ReadStatusAsync());
        Assert.Equal([0, 1, 2, 3], await connection.ReadLinesAsync().Select(IdOf).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Single(gateway.Cluster.Producer("shardId-000000000000").Puts);
    }

    [Fact]
    public async Task Full_shards_refuse_the_whole_request_only_before_a_record_is_taken()
    {
        await using var gateway = await LoopbackGateway.StartAsync(
            shards: 1, configure: options => options.BusyPatience = TimeSpan.FromMilliseconds(200));
        var producer = gateway.Cluster.Producer("shardId-000000000000");
        producer.ThenPut(PutResponse.Busy(TimeSpan.FromSeconds(2)));
        var refused = await gateway.PostAsync("{}\n{\"data\":\"0\"}\n{\"data\":\"1\"}", "application/x-ndjson");
        Assert.Equal((429, "Busy"), (refused.Status, refused.Code));
        Assert.Equal(TimeSpan.FromSeconds(2), refused.Headers.RetryAfter?.Delta);

        using var connection = await gateway.ConnectAsync();
        await connection.SendLinesHeadAsync();
        await connection.SendChunkAsync("{\"data\":\"0\"}\n");
        Assert.Equal(200, await connection.ReadStatusAsync());
        producer.PutScript.Enqueue(StayBusy);
        await connection.SendChunkAsync("{\"data\":\"1\"}\n");
        await connection.SendEndAsync();
        var lines = await connection.ReadLinesAsync().ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal([null, "Busy"], lines.Select(CodeOf));
        Assert.Equal(429, lines[1].GetProperty("status").GetInt32());
        Assert.Single(gateway.Cluster.Stored);

        Task<PutResponse> StayBusy(PutRequest request)
        {
            producer.PutScript.Enqueue(StayBusy);
            return Task.FromResult(PutResponse.Busy(TimeSpan.FromMilliseconds(50)));
        }
    }

    [Fact]
    public async Task A_shards_share_is_waited_for_once_a_record_is_taken()
    {
        await using var gateway = await LoopbackGateway.StartAsync(shards: 1, configure: options =>
            (options.InFlightBytes, options.MaxBodyBytes) = (4 * 1024 * 1024, 1024 * 1024));
        using var connection = await gateway.ConnectAsync();
        await connection.SendLinesHeadAsync();
        await connection.SendChunkAsync("{\"data\":\"first\"}\n");
        Assert.Equal(200, await connection.ReadStatusAsync());
        await using var lines = connection.ReadLinesAsync().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await lines.MoveNextAsync());

        var producer = gateway.Cluster.Producer("shardId-000000000000");
        var (taken, held) = (new TaskCompletionSource(), new TaskCompletionSource());
        producer.PutScript.Enqueue(async request =>
        {
            taken.SetResult();
            await held.Task;
            return producer.Store(request);
        });
        var large = new string('x', 700_000);
        var other = gateway.PostAsync($$"""{"data":"{{large}}"}""");
        await taken.Task;
        await connection.SendChunkAsync($"{{\"data\":\"{large}\"}}\n");
        await connection.SendEndAsync();
        await gateway.WhenInFlightAsync(1_400_000);
        Assert.Equal(2, producer.Puts.Count);
        held.SetResult();

        Assert.True(await lines.MoveNextAsync());
        Assert.Null(CodeOf(lines.Current));
        Assert.Equal(200, (await other).Status);
    }

    [Fact]
    public async Task Lines_longer_than_any_record_are_passed_over()
    {
        await using var gateway = await LoopbackGateway.StartAsync(configure: options => options.MaxRecordBytes = 1000);
        var tooLong = $$"""{"data":"{{new string('x', 3_000_000)}}"}""";

        var answer = await gateway.PostAsync($"{{\"data\":\"0\"}}\n{tooLong}\n{{\"data\":\"2\"}}\n{tooLong}", "application/x-ndjson");

        Assert.Equal([null, "RecordTooLarge", null, "RecordTooLarge"], answer.Lines.Select(CodeOf));
        Assert.Equal([0, 1, 2, 3], answer.Lines.Select(IdOf));
        Assert.Equal(["0", "2"], gateway.Cluster.Stored.Select(stored => stored.Record.Data).Order());
        await gateway.WhenNothingInFlightAsync();
    }

    [Fact]
    public async Task A_long_line_waits_for_room_and_then_fails_by_itself()
    {
        await using var gateway = await LoopbackGateway.StartAsync(configure: options => options.BusyPatience = TimeSpan.FromMilliseconds(200));
        using var connection = await gateway.ConnectAsync();
        await connection.SendLinesHeadAsync();
        await connection.SendChunkAsync("{\"data\":\"0\"}\n");
        Assert.Equal(200, await connection.ReadStatusAsync());
        var others = 256L * 1024 * 1024 - gateway.InFlight.InUse;
        Assert.True(gateway.InFlight.TryTake(others));
        await connection.SendChunkAsync($"{{\"data\":\"{new string('x', 200_000)}\"}}\n{{\"data\":\"2\"}}\n");
        await connection.SendEndAsync();

        var lines = await connection.ReadLinesAsync().ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal([null, "Busy", null], lines.Select(CodeOf));
        gateway.InFlight.Release(others);
        await gateway.WhenNothingInFlightAsync();
    }

    [Fact]
    public async Task A_body_that_breaks_off_ends_with_the_reason()
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        using var connection = await gateway.ConnectAsync();
        await connection.SendLinesHeadAsync();
        await connection.SendChunkAsync("{\"data\":\"0\"}\n{\"data\":\"never ended");
        Assert.Equal(200, await connection.ReadStatusAsync());
        await connection.SendAsync("no chunk\r\n");

        var lines = await connection.ReadLinesAsync().ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal([null, "UnreadableBody"], lines.Select(CodeOf));
        Assert.False(lines[1].TryGetProperty("id", out _));
        Assert.Single(gateway.Cluster.Stored);
    }

    [Theory]
    [InlineData(false, "UnreadableBody")]
    [InlineData(true, "BodyTooLarge")]
    public async Task A_compressed_body_that_is_cut_off_or_unfolds_too_far_ends_with_the_reason(bool isWhole, string code)
    {
        await using var gateway = await LoopbackGateway.StartAsync(configure: options => options.MaxDecompressedBytes = isWhole ? 2_000_000 : 1 << 30);
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{{\"data\":\"{i:D30}\"}}\n"))));
        }

        using var content = new ByteArrayContent(compressed.ToArray()[..(int)(isWhole ? compressed.Length : compressed.Length - 10_000)]);
        content.Headers.ContentType = new("application/x-ndjson");
        content.Headers.ContentEncoding.Add("gzip");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = content };

        var answer = await gateway.SendAsync(request);

        Assert.Equal(200, answer.Status);
        Assert.Equal(code, CodeOf(answer.Lines[^1]));
        Assert.Equal(gateway.Cluster.Stored.Count(), answer.Lines.Length - 1);
        Assert.InRange(answer.Lines.Length, 2, 99_999);
    }

    [Fact]
    public async Task A_process_that_stops_tells_the_client_how_far_it_came()
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        using var connection = await gateway.ConnectAsync();
        await connection.SendLinesHeadAsync();
        await connection.SendChunkAsync("{\"data\":\"0\"}\n{\"data\":\"not whole");
        Assert.Equal(200, await connection.ReadStatusAsync());

        var stop = gateway.StopAsync();
        var lines = await connection.ReadLinesAsync().ToListAsync(TestContext.Current.CancellationToken);
        await connection.SendEndAsync();
        await stop;

        Assert.Equal([null, "Stopping"], lines.Select(CodeOf));
        Assert.Single(gateway.Cluster.Stored);
    }

    [Fact]
    public async Task A_summary_names_the_first_thousand_failures()
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/")
        {
            Content = new StringContent("{\"data\":\"0\"}\n" + string.Concat(Enumerable.Repeat("7\n", 30_000)), new MediaTypeHeaderValue("application/x-ndjson")),
        };
        request.Headers.Add("Prefer", "return=minimal");

        var answer = await gateway.SendAsync(request);

        Assert.Equal((1, 30_000), (answer.Json.GetProperty("successCount").GetInt32(), answer.Json.GetProperty("failureCount").GetInt32()));
        Assert.Equal(Enumerable.Range(1, 1000).Select(i => (long)i), answer.Json.GetProperty("failures").EnumerateArray().Select(IdOf));
    }

    private static long IdOf(JsonElement line) => line.GetProperty("id").GetInt64();

    private static string? CodeOf(JsonElement line) => line.TryGetProperty("errorCode", out var code) ? code.GetString() : null;
}
