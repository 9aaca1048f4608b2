using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using DataProcessor.Aws.Local;
using DataProcessor.Conformance.Harness;
using DataProcessor.Load.Peers;
using Microsoft.Extensions.Logging.Abstractions;

namespace DataProcessor.Conformance.Peers;

/// <summary>The peers of the load harness count what is there: what its producers wrote, each of its consumers finds.</summary>
public sealed class PeerTests(ForeignParts foreign) : NodeSuite
{
    private const int Records = 3_000;
    private const int RecordSize = 200;

    [Fact]
    public async Task Each_consumer_finds_all_that_the_producers_wrote()
    {
        Prerequisite.Java();
        await using var kinesis = await LocalKinesisServer.StartAsync(
            new() { Port = 0, EnforceLimits = false, Streams = new Dictionary<string, int> { ["s"] = 3 } },
            TimeProvider.System,
            NullLoggerFactory.Instance,
            TestContext.Current.CancellationToken);
        var dynamoDb = await foreign.DynamoDbLocalAsync();
        string[] stream = ["--endpoint", kinesis.Endpoint.ToString(), "--stream", "s"];

        var raw = await RunAsync(["putrecords", .. stream, "--records", $"{Records}"]);
        var packed = await RunAsync(["aggregator", .. stream, "--records", $"{Records}", "--aggregate-bytes", "20000"]);
        string[] all = [.. stream, "--records", $"{2 * Records}"];
        var reader = await RunAsync(["reader", .. all]);
        var lifion = await RunAsync(["lifion", .. all, "--dynamodb", dynamoDb.ToString()]);

        Assert.Equal((Records, Records), (Count(raw, "records"), Count(raw, "kinesisRecords")));
        Assert.Equal(Records, Count(packed, "records"));
        Assert.InRange(Count(packed, "kinesisRecords"), 2, Records / 50);
        foreach (var consumer in (JsonNode[])[reader, lifion])
        {
            Assert.Equal(2 * Records, Count(consumer, "records"));
            Assert.Equal(2 * Records * RecordSize, Count(consumer, "bytes"));
            Assert.Equal(Count(raw, "kinesisRecords") + Count(packed, "kinesisRecords"), Count(consumer, "kinesisRecords"));
            foreign.Cases.Add("peers", 2 * Records);
        }
    }

    [Fact]
    public async Task The_bare_gateway_answers_each_record()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var output = new LineWriter();
        var peer = PeerCommand.RunAsync(["kestrel"], output, TextWriter.Null, stop.Token);
        var ready = await output.FirstLineAsync("ready ");
        using var http = new HttpClient { BaseAddress = new Uri((string)ready["endpoint"]!) };

        var single = await PostAsync(http, """{"data":"caf\u00e9","partitionKey":"k"}""", "application/json");
        var batch = await PostAsync(http, "{\"data\":\"1\"}\n{\"data\":\"2\"}\n", "application/x-ndjson");

        Assert.NotNull(single["sequenceNumber"]);
        Assert.Equal([0, 1], batch["successes"]!.AsArray().Select(record => (int)record!["id"]!));
        await stop.CancelAsync();
        Assert.Equal(0, await peer);
        var result = await output.FirstLineAsync("result ");
        Assert.Equal((3, 2, 7), (Count(result, "records"), Count(result, "calls"), Count(result, "bytes")));
    }

    /// <returns>The result.</returns>
    private static async Task<JsonNode> RunAsync(string[] args)
    {
        using var output = new LineWriter();
        using var errors = new StringWriter();
        var exitCode = await PeerCommand.RunAsync(args, output, errors, TestContext.Current.CancellationToken);
        Assert.True(exitCode == 0, $"{args[0]}: {errors}");
        await output.FirstLineAsync("ready ");
        return await output.FirstLineAsync("result ");
    }

    private static int Count(JsonNode result, string name) => (int)result[name]!;

    private static async Task<JsonNode> PostAsync(HttpClient http, string body, string contentType)
    {
        using var content = new StringContent(body, new MediaTypeHeaderValue(contentType));
        using var response = await http.PostAsync(new Uri("/", UriKind.Relative), content, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>What a peer prints, line by line as it comes.</summary>
    private sealed class LineWriter : TextWriter
    {
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

        public override Encoding Encoding => Encoding.UTF8;

        public override Task WriteLineAsync(string? value) => _lines.Writer.WriteAsync(value!).AsTask();

        public async Task<JsonNode> FirstLineAsync(string start)
        {
            while (true)
            {
                var line = await _lines.Reader.ReadAsync(TestContext.Current.CancellationToken);
                if (line.StartsWith(start, StringComparison.Ordinal))
                {
                    return JsonNode.Parse(line[start.Length..])!;
                }
            }
        }
    }
}
