using DataProcessor.Aws.Local;
using DataProcessor.Conformance.Harness;
using Microsoft.Extensions.Logging.Abstractions;

namespace DataProcessor.Conformance.Client;

/// <summary>The embedded Kinesis, held to what the foreign servers do.</summary>
public sealed class EmbeddedKinesisTests(ForeignParts foreign) : KinesisClientConformance(foreign)
{
    private LocalKinesisServer? _server;

    protected override string Server => "the embedded Kinesis";

    protected override ServerOddity Oddities => ServerOddity.None;

    protected override async Task<Uri> StartAsync()
    {
        _server = await LocalKinesisServer.StartAsync(
            new LocalKinesisOptions { Port = 0, Streams = new Dictionary<string, int>() },
            TimeProvider.System,
            NullLoggerFactory.Instance,
            TestContext.Current.CancellationToken);
        return _server.Endpoint;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
