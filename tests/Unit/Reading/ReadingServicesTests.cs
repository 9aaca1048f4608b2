using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Reading;
using DataProcessor.Grains.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace DataProcessor.Unit.Reading;

public sealed class ReadingServicesTests
{
    [Fact]
    public void Options_that_contradict_themselves_are_refused_all_at_once()
    {
        using var services = Services(
            ("Reader:MinPollInterval", "00:00:00.100"), ("Reader:MaxRecordsPerRead", "10001"), ("Reader:MaxBatchRecords", "0"));
        var exception = Assert.Throws<OptionsValidationException>(
            () => services.GetRequiredService<IOptions<ReaderOptions>>().Value);
        Assert.Equal(3, exception.Failures.SelectMany(failure => failure.Split(';')).Count());

        using var crossed = Services(
            ("Reader:MinPollInterval", "00:00:01"), ("Reader:RetryBackOff", "00:00:50"), ("Reader:Reader", "7"));
        exception = Assert.Throws<OptionsValidationException>(
            () => crossed.GetRequiredService<IOptions<ReaderOptions>>().Value);
        Assert.Contains(nameof(ReaderOptions.IdlePollInterval), exception.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(ReaderOptions.MaxRetryBackOff), exception.Message, StringComparison.Ordinal);
        Assert.Contains("FanOut nor Polling nor Auto", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_reader_gets_a_processor_of_its_own_that_is_disposed_with_it()
    {
        await using var services = Services();
        var factory = services.GetRequiredService<ShardReaderFactory>();
        var made = services.GetRequiredService<List<DisposableProcessor>>();

        var first = factory.Create("app", ReaderWorld.Stream, ReaderWorld.Shard0, "silo", new Random(0));
        await using var second = factory.Create("app", ReaderWorld.Stream, ReaderWorld.Shard0, "silo", new Random(0));
        await first.DisposeAsync();

        Assert.Equal([true, false], made.Select(processor => processor.IsDisposed));
        Assert.Equal(ShardState.Stopped, first.Status.State);
    }

    private static ServiceProvider Services(params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value))
            .Build());
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new KinesisClient(
            new() { Endpoint = new("http://127.0.0.1:4567") },
            KinesisCredentials.For(new() { Endpoint = new("http://127.0.0.1:4567") }),
            new HttpClientHandler(),
            provider.GetRequiredService<TimeProvider>(),
            new Random(0),
            NullLogger<KinesisClient>.Instance));
        services.AddSqliteStore(":memory:");
        services.AddSingleton<List<DisposableProcessor>>();
        services.AddScoped<IRecordProcessor, DisposableProcessor>();
        services.AddOptions<ReaderOptions>().BindConfiguration("Reader");
        return services.AddReading().BuildServiceProvider(validateScopes: true);
    }

    private sealed class DisposableProcessor : IRecordProcessor, IDisposable
    {
        public DisposableProcessor(List<DisposableProcessor> made) => made.Add(this);

        public bool IsDisposed { get; private set; }

        public ValueTask ProcessAsync(RecordBatch batch, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void Dispose() => IsDisposed = true;
    }
}
