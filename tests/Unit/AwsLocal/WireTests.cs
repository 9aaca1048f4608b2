using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DataProcessor.Unit.AwsLocal;

public sealed class WireTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_750_000_000_123));
    private readonly HttpClient _client = new();
    private LocalKinesis _kinesis = null!;

    public async ValueTask InitializeAsync()
    {
        var options = LocalKinesis.Unlimited(shards: 2);
        options.Port = 0;
        _kinesis = await LocalKinesis.StartAsync(options, _time);
        _client.BaseAddress = _kinesis.Server.Endpoint;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _kinesis.DisposeAsync();
    }

    [Fact]
    public async Task Both_encodings_show_the_same()
    {
        var put = await SocketCalls.CborAsync(_client, "PutRecords", new
        {
            StreamName = "s",
            Records = new object[]
            {
                new { PartitionKey = "ä\"\\/", Data = new byte[] { 0, 255 }, ExplicitHashKey = "0" },
                new { PartitionKey = "b", Data = Array.Empty<byte>(), ExplicitHashKey = "1" },
            },
        });
        Assert.Equal(0, (long)put["FailedRecordCount"]!);
        _time.Advance(TimeSpan.FromMilliseconds(700));

        (string Operation, object Body)[] calls =
        [
            ("ListShards", new { StreamName = "s", MaxResults = 1 }),
            ("DescribeStream", new { StreamName = "s" }),
            ("DescribeStreamSummary", new { StreamName = "s" }),
            ("ListStreams", new { }),
            ("GetShardIterator", new { StreamName = "s", ShardId = "shardId-000000000000", ShardIteratorType = "AT_TIMESTAMP", Timestamp = 1_750_000_000.5m }),
            ("GetRecords", new { ShardIterator = await _kinesis.IteratorAsync("shardId-000000000000", new { ShardIteratorType = "TRIM_HORIZON" }), Limit = 1 }),
            ("PutRecord", new { StreamName = "nowhere", PartitionKey = "k", Data = "" }),
            ("GetRecords", new { ShardIterator = "x", Limit = 0 }),
        ];
        foreach (var (operation, body) in calls)
        {
            var json = await SocketCalls.JsonAsync(_client, operation, body);
            var cbor = await SocketCalls.CborAsync(_client, operation, body);
            Assert.Equal(json.ToJsonString(), cbor.ToJsonString());
            Assert.NotEmpty(json);
        }

        var records = (await SocketCalls.JsonAsync(_client, calls[5].Operation, calls[5].Body))["Records"]!.AsArray();
        Assert.Equal("ä\"\\/", (string)records.Single()!["PartitionKey"]!);
        Assert.Equal(1_750_000_000.123m, (decimal)records.Single()!["ApproximateArrivalTimestamp"]!);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task One_port_serves_http_1_and_http_2_with_prior_knowledge(string version)
    {
        var put = await SocketCalls.JsonAsync(
            _client, "PutRecord", new { StreamName = "s", PartitionKey = "k", Data = new byte[1_000_000] }, Version.Parse(version));
        using var answer = await SocketCalls.SendAsync(_client, "ListStreams", "application/x-amz-json-1.1", "{}"u8.ToArray(), Version.Parse(version));

        Assert.StartsWith("49", (string)put["SequenceNumber"]!, StringComparison.Ordinal);
        Assert.Equal(Version.Parse(version), answer.Version);
        Assert.Equal(36, answer.Headers.GetValues("x-amzn-RequestId").Single().Length);
        Assert.Equal(_time.GetUtcNow().ToUnixTimeSeconds(), answer.Headers.Date!.Value.ToUnixTimeSeconds());
    }

    [Fact]
    public async Task Escaped_json_means_what_it_says()
    {
        await _kinesis.SendAsync("PutRecord", """{"Stre\u0061mName":"s","PartitionKey":"\u00e4\n\ud83d\ude00","ExplicitHashKey":"0","Data":"\/\/79","Unknown":{"a":[1,null,true]},"Other":null}""");

        var record = Assert.Single(await _kinesis.ReadAllAsync("shardId-000000000000"));
        Assert.Equal(("ä\n😀", "//79"), ((string)record["PartitionKey"]!, (string)record["Data"]!));
    }

    [Fact]
    public async Task Broken_bodies_are_refused_in_both_encodings()
    {
        foreach (var body in (byte[][])[[], [0xff], [0xa1], [0xa1, 1, 2], [0x9f], [0xbf, 0x61], [.. Enumerable.Repeat((byte)0x81, 1000)], [0xa1, 0x61, 0x41, 0x7b, 255, 255, 255, 255, 255, 255, 255, 255]])
        {
            using var cbor = await SocketCalls.SendAsync(_client, "ListStreams", "application/x-amz-cbor-1.1", body, null);
            using var json = await SocketCalls.SendAsync(_client, "ListStreams", "application/x-amz-json-1.1", body, null);
            Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (cbor.StatusCode, json.StatusCode));
        }

        _client.DefaultRequestHeaders.ExpectContinue = true;
        using var tooLarge = await SocketCalls.SendAsync(_client, "PutRecord", "application/x-amz-json-1.1", new byte[(16 * 1024 * 1024) + 1], null);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.StatusCode);
    }

    [Fact]
    public async Task The_status_page_shows_streams_shards_and_counters()
    {
        await _kinesis.PutAsync("k", new byte[99]);

        var page = JsonNode.Parse(await _client.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken))!;

        Assert.Equal(2, page["streams"]![0]!["shards"]!.AsArray().Count);
        Assert.Equal((1, 1, 100), ((int)page["counters"]!["calls"]!["PutRecord"]!, (int)page["counters"]!["recordsStored"]!, (int)page["counters"]!["bytesStored"]!));
    }

    [Fact]
    public void An_in_process_call_runs_to_its_end_on_the_callers_thread()
    {
        var call = _kinesis.PutAsync("k", new byte[10]);

        Assert.True(call.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_taken_port_is_an_error_of_the_start()
    {
        var options = LocalKinesis.Unlimited();
        options.Port = _kinesis.Server.Endpoint.Port;

        await Assert.ThrowsAsync<IOException>(() => LocalKinesis.StartAsync(options));
    }
}
