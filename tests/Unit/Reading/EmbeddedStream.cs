using System.Globalization;
using System.Net;
using System.Text;
using Amazon.Runtime;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Aws.Local;
using DataProcessor.Grains.Reading;
using DataProcessor.Grains.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DataProcessor.Unit.Reading;

/// <summary>The embedded Kinesis with one stream, in virtual time and without a socket, and readers of its first shard.</summary>
internal sealed class EmbeddedStream : IAsyncDisposable
{
    public const string Application = "app";

    private readonly ReaderWorld _world;

    private EmbeddedStream(ReaderWorld world, LocalKinesisServer service)
    {
        (_world, Service) = (world, service);
        Client = new(
            new() { Endpoint = service.Endpoint, MaxAttempts = 1 },
            new BasicAWSCredentials("key", "secret"),
            service.CreateHandler(),
            world.Time.Clock,
            new Random(1),
            NullLogger<KinesisClient>.Instance);
    }

    public LocalKinesisServer Service { get; }

    /// <summary>Of somebody else: a producer, an operator, another reader.</summary>
    public KinesisClient Client { get; }

    /// <summary>Every call of the readers.</summary>
    public List<(string Operation, DateTimeOffset Time, bool IsAccepted)> Calls { get; } = [];

    /// <summary>While true, no event reaches a reader, and no end either.</summary>
    public bool IsSilent { get; set; }

    public static async Task<EmbeddedStream> StartAsync(ReaderWorld world, Action<LocalKinesisOptions>? configure = null)
    {
        var options = new LocalKinesisOptions
        {
            Port = null,
            Streams = new Dictionary<string, int> { [ReaderWorld.Stream.Name] = 1 },
        };
        configure?.Invoke(options);
        return new(world, await LocalKinesisServer.StartAsync(
            options, world.Time.Clock, NullLoggerFactory.Instance, CancellationToken.None));
    }

    public static string[] Numbers(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(number => number.ToString(CultureInfo.InvariantCulture))];

    public ShardReader Reader(IRecordProcessor processor, IConditionalStore? store = null, Shard? shard = null) =>
        _world.Reader(processor, store, new ObservedService(Service.CreateHandler(), this, _world.Time.Clock), shard);

    public IEnumerable<DateTimeOffset> Accepted(string operation) =>
        Calls.Where(call => call.IsAccepted && call.Operation == operation).Select(call => call.Time);

    public async Task PutAsync(int first, int count, int bytes = 0)
    {
        foreach (var number in Numbers(first, count))
        {
            var data = Encoding.UTF8.GetBytes(number.PadLeft(bytes));
            await Client.PutRecordAsync(
                ReaderWorld.Stream.Name, new PutRecordsEntry("key", null, data), null, CancellationToken.None);
        }
    }

    /// <summary>Subscribes as the readers' consumer, which is registered if need be.</summary>
    public async Task<ShardSubscription> SubscribeAsync() => await Client.SubscribeToShardAsync(
        await new StreamConsumers(Client, _world.Time.Clock, NullLogger<StreamConsumers>.Instance)
            .GetAsync(ReaderWorld.Stream, Application, CancellationToken.None),
        ReaderWorld.Shard0.Id,
        ShardIteratorStart.Latest,
        CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Service.DisposeAsync();
    }

    private sealed class ObservedService(HttpMessageHandler inner, EmbeddedStream stream, TimeProvider time) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var operation = request.Headers.GetValues("X-Amz-Target").Single().Split('.')[1];
            var called = time.GetUtcNow();
            var response = await base.SendAsync(request, cancellationToken);
            stream.Calls.Add((operation, called, response.StatusCode == HttpStatusCode.OK));
            if (operation == "SubscribeToShard" && response.StatusCode == HttpStatusCode.OK)
            {
                response.Content = new StreamContent(
                    new SilentStream(await response.Content.ReadAsStreamAsync(cancellationToken), stream));
            }

            return response;
        }
    }

    /// <summary>Passes everything on until it is told to be silent; then nothing ever comes.</summary>
    private sealed class SilentStream(Stream inner, EmbeddedStream stream) : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            if (stream.IsSilent)
            {
                var never = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await using var cancelled = cancellationToken.UnsafeRegister(
                    static task => ((TaskCompletionSource)task!).TrySetCanceled(), never);
                await never.Task;
            }

            return count;
        }

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
