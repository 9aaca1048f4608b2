using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using DataProcessor.Silo.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DataProcessor.Cluster;

/// <summary>The whole process as <c>dotnet run --project Silo</c> makes it, on free ports, with a processor that remembers.</summary>
internal sealed class RunningProcess : IAsyncDisposable
{
    private readonly IHost _host;

    private RunningProcess(IHost host, ProcessedRecords processed)
    {
        _host = host;
        Processed = processed;
        var addresses = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        Gateway = new HttpClient { BaseAddress = new Uri(addresses[0]) };
        Admin = new HttpClient { BaseAddress = new Uri(addresses[1]) };
    }

    public const string Stream = "data-processing-stream";

    public IServiceProvider Services => _host.Services;

    public HttpClient Gateway { get; }

    public HttpClient Admin { get; }

    public ProcessedRecords Processed { get; }

    public static Task<RunningProcess> StartAsync(string dataFolder, CancellationToken cancellationToken, params string[] arguments) =>
        StartAsync(dataFolder, TimeProvider.System, cancellationToken, arguments);

    public static async Task<RunningProcess> StartAsync(
        string dataFolder, TimeProvider time, CancellationToken cancellationToken, params string[] arguments)
    {
        var processed = new ProcessedRecords();
        var host = DataProcessorHost.Create(
            [
                "--gateway-port", "0", "--admin-port", "0", "--kinesis-port", "0", "--silo-port", "0", "--orleans-gateway-port", "0",
                "--data-folder", dataFolder,
                "--Logging:LogLevel:Default=Warning", "--Logging:LogLevel:Orleans=Error", .. arguments,
            ],
            services => services.AddSingleton(time).AddSingleton(processed).AddRecordProcessor<RememberingProcessor>());
        try
        {
            await host.StartAsync(cancellationToken);
        }
        catch
        {
            await ((IAsyncDisposable)host).DisposeAsync();
            throw;
        }

        return new(host, processed);
    }

    /// <summary>Options as a part of the process has them.</summary>
    public T Option<T>()
        where T : class => _host.Services.GetRequiredService<IOptions<T>>().Value;

    /// <summary>The admin interface's view of the stream.</summary>
    public async Task<JsonNode> StreamAsync(CancellationToken cancellationToken) =>
        JsonNode.Parse(await Admin.GetStringAsync(new Uri($"/streams/{Stream}", UriKind.Relative), cancellationToken))!;

    /// <summary>What SIGTERM does.</summary>
    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Gateway.Dispose();
        Admin.Dispose();
        await StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
        Processed.Dispose();
    }
}

internal sealed record ProcessedRecord(string ShardId, StreamPosition Position, string PartitionKey, string Data);

/// <summary>What the processors of all shards have handled, and whom they are to fail.</summary>
internal sealed class ProcessedRecords : IDisposable
{
    private readonly ConcurrentQueue<ProcessedRecord> _records = new();
    private readonly SemaphoreSlim _added = new(0);

    public IReadOnlyCollection<ProcessedRecord> All => _records;

    /// <summary>Data of records that are refused, and how often still.</summary>
    public ConcurrentDictionary<string, int> ToRefuse { get; } = new();

    public void Dispose() => _added.Dispose();

    public void Add(ProcessedRecord record)
    {
        _records.Enqueue(record);
        _added.Release();
    }

    /// <summary>Waits until at least <paramref name="count"/> records were handled.</summary>
    public async Task<ProcessedRecord[]> WaitForAsync(int count, CancellationToken cancellationToken)
    {
        while (_records.Count < count)
        {
            await _added.WaitAsync(cancellationToken);
        }

        return [.. _records];
    }
}

internal sealed class RememberingProcessor(ProcessedRecords processed) : IRecordProcessor
{
    public ValueTask ProcessAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            var record = batch[i];
            var data = System.Text.Encoding.UTF8.GetString(record.Data.Span);
            if (processed.ToRefuse.TryGetValue(data, out var times) && times > 0)
            {
                processed.ToRefuse[data] = times - 1;
                throw new RecordFailedException(i, $"refused {data}");
            }

            processed.Add(new(batch.ShardId, record.Position, record.PartitionKey, data));
        }

        return ValueTask.CompletedTask;
    }
}
