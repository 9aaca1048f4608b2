using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using Xunit;

namespace DataProcessor.Unit.Gateway;

/// <summary>What headers and the query ask for: formats, encodings, keys, preferences.</summary>
public class RequestTermsTests
{
    [Theory]
    [InlineData("/", "-")]
    [InlineData("/?partitionKey=g%C3%A4rten", "gärten")]
    [InlineData("/?explicitHashKey=340282366920938463463374607431768211455", "-")]
    [InlineData("/?partitionKey=k&explicitHashKey=0", "k")]
    public async Task The_bytes_of_an_octet_stream_are_one_record(string path, string key)
    {
        await using var gateway = await LoopbackGateway.StartAsync();

        var answer = await gateway.PostAsync("not\njson", "application/octet-stream", path);

        Assert.Equal(200, answer.Status);
        var (shard, stored) = Assert.Single(gateway.Cluster.Stored);
        Assert.Equal(shard, answer.Json.GetProperty("shardId").GetString());
        Assert.Equal(("not\njson", key), (stored.Data, stored.PartitionKey));
        Assert.Equal(path is "/", stored.IsKeyless);
    }

    [Theory]
    [InlineData("/", "application/octet-stream", "", 400, "EmptyBody")]
    [InlineData("/?partitionKey=", "application/octet-stream", "x", 400, "InvalidPartitionKey")]
    [InlineData("/?explicitHashKey=-1", "application/octet-stream", "x", 400, "InvalidExplicitHashKey")]
    [InlineData("/?keyField=id", "application/octet-stream", "x", 400, "InvalidParameter")]
    [InlineData("/?keyField=", "application/json", "{}", 400, "InvalidParameter")]
    [InlineData("/?partitionKey=k", "application/json", "{\"data\":\"x\"}", 400, "InvalidParameter")]
    [InlineData("/", "text/plain", "{\"data\":\"x\"}", 415, "UnsupportedMediaType")]
    [InlineData("/", "text/plain; application/json", "{\"data\":\"x\"}", 415, "UnsupportedMediaType")]
    [InlineData("/", "multipart/form-data; boundary=x", "{\"data\":\"x\"}", 415, "UnsupportedMediaType")]
    [InlineData("/", "application/x-www-form-urlencoded", "{\"data\":\"x\"}", 415, "UnsupportedMediaType")]
    public async Task Terms_that_make_no_sense_are_refused(string path, string type, string body, int status, string code)
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        using var request = Post(path, new StringContent(body), type: null);
        request.Content!.Headers.TryAddWithoutValidation("Content-Type", type);

        var answer = await gateway.SendAsync(request);

        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.Empty(gateway.Cluster.Stored);
    }

    [Fact]
    public async Task A_raw_record_may_have_its_most_bytes()
    {
        await using var gateway = await LoopbackGateway.StartAsync(configure: options => options.MaxRecordBytes = 1000);
        Assert.Equal(200, (await gateway.PostAsync(new string('x', 999), "application/octet-stream")).Status);
        Assert.Equal(413, (await gateway.PostAsync(new string('x', 1000), "application/octet-stream")).Status);
        Assert.Equal(413, (await gateway.PostAsync(new string('x', 1001), "application/octet-stream", chunked: true)).Status);
    }

    [Theory]
    [InlineData(null, 415)]
    [InlineData("application/json", 200)]
    public async Task A_web_page_of_another_site_cannot_post_without_being_asked(string? type, int status)
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        using var request = Post("/", new ByteArrayContent("""{"data":"x"}"""u8.ToArray()), type);
        request.Headers.Add("Origin", "https://elsewhere.example");
        Assert.Equal(status, (await gateway.SendAsync(request)).Status);
    }

    [Fact]
    public async Task The_key_field_of_the_query_names_the_keys()
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        const string Lines = """
            {"data":{"deviceId":"a"}}
            {"data":{"deviceId":2}}
            {"data":{}}
            """;

        var answer = await gateway.PostAsync(Lines, "application/x-ndjson", "/?keyField=deviceId");

        Assert.Equal(["2", "a"], gateway.Cluster.Stored.Select(stored => stored.Record.PartitionKey).Order());
        Assert.Equal("InvalidPartitionKey", answer.Lines[2].GetProperty("errorCode").GetString());
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("GZIP")]
    [InlineData("identity")]
    public async Task Compressed_bodies_are_read(string encoding)
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        foreach (var (type, body) in new[]
        {
            ("application/json", $$"""[{"data":"{{new string('x', 100_000)}}"},{"data":"2"}]"""),
            ("application/x-ndjson", $$"""{"data":"{{new string('x', 100_000)}}"}""" + "\n{\"data\":\"2\"}"),
            ("application/octet-stream", new string('x', 100_000)),
        })
        {
            using var request = Post("/", Compressed(encoding, body), type);
            Assert.Equal(200, (await gateway.SendAsync(request)).Status);
        }

        Assert.Equal(5, gateway.Cluster.Stored.Count());
    }

    [Theory]
    [InlineData("zstd", "{}", 415, "UnsupportedContentEncoding")]
    [InlineData("gzip, br", "{}", 415, "UnsupportedContentEncoding")]
    [InlineData("gzip", "{\"data\":\"x\"}", 400, "UnreadableBody")]
    [InlineData("br", "{\"data\":\"xyz\"}", 400, "UnreadableBody")]
    [InlineData("deflate", "{\"data\":\"x\"}", 400, "UnreadableBody")]
    public async Task Bodies_that_are_not_what_their_encoding_says_are_refused(string encoding, string body, int status, string code)
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        foreach (var type in new[] { "application/json", "application/x-ndjson", "application/octet-stream" })
        {
            using var content = new StringContent(body);
            content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
            using var request = Post("/", content, type);

            var answer = await gateway.SendAsync(request);

            Assert.Equal((status, code), (answer.Status, answer.Code));
            if (status == 415)
            {
                Assert.Equal("gzip, br, deflate, identity", string.Join(", ", answer.Headers.GetValues("Accept-Encoding")));
            }
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_body_that_was_cut_off_while_compressed_is_refused(string encoding)
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        var whole = await Compressed(encoding, $$"""{"data":"{{string.Concat(Enumerable.Range(0, 5000))}}"}""")
            .ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        using var content = new ByteArrayContent(whole[..(whole.Length / 2)]);
        content.Headers.ContentEncoding.Add(encoding);
        using var request = Post("/", content, "application/json");

        Assert.Equal("UnreadableBody", (await gateway.SendAsync(request)).Code);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/octet-stream")]
    public async Task A_decompression_bomb_is_refused_by_its_decompressed_size(string type)
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        using var bomb = Compressed("gzip", new string(' ', 64 * 1024 * 1024));
        using var request = Post("/", bomb, type);

        var answer = await gateway.SendAsync(request);

        Assert.Equal((413, "BodyTooLarge"), (answer.Status, answer.Code));
        Assert.InRange(bomb.Headers.ContentLength!.Value, 1, 700_000);
    }

    [Theory]
    [InlineData("application/json", """[{"data":"0"},{},{"data":"2"}]""", 207)]
    [InlineData("application/json", """[{"data":"0"},{"data":"1"}]""", 200)]
    [InlineData("application/x-ndjson", "{\"data\":\"0\"}\n{}\n{\"data\":\"2\"}", 200)]
    public async Task A_client_that_prefers_it_gets_counts_and_failures_only(string type, string body, int status)
    {
        await using var gateway = await LoopbackGateway.StartAsync();
        using var request = Post("/", new StringContent(body), type);
        request.Headers.Add("Prefer", "wait=10; x=1, Return=Minimal");

        var answer = await gateway.SendAsync(request);

        Assert.Equal((status, "application/json"), (answer.Status, answer.Type));
        Assert.Equal("return=minimal", answer.Headers.GetValues("Preference-Applied").Single());
        Assert.Equal(2, answer.Json.GetProperty("successCount").GetInt64());
        var failures = answer.Json.GetProperty("failures").EnumerateArray().Select(failure => failure.GetProperty("id").GetInt64());
        Assert.Equal(body.Contains("{}", StringComparison.Ordinal) ? [1L] : [], failures);
    }

    private static HttpRequestMessage Post(string path, HttpContent content, string? type)
    {
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        return new(HttpMethod.Post, path) { Content = content };
    }

    private static ByteArrayContent Compressed(string encoding, string text)
    {
        using var compressed = new MemoryStream();
        using (var stream = encoding.ToUpperInvariant() switch
        {
            "GZIP" => new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true),
            "BR" => new BrotliStream(compressed, CompressionLevel.Fastest, leaveOpen: true),
            "DEFLATE" => new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true),
            _ => (Stream)new BufferedStream(compressed),
        })
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
            stream.Flush();
            if (stream is BufferedStream)
            {
                return new(compressed.ToArray());
            }
        }

        var content = new ByteArrayContent(compressed.ToArray());
        content.Headers.ContentEncoding.Add(encoding);
        return content;
    }
}
