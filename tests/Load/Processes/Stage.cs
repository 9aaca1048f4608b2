using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Processes;

/// <summary>Owns the processes of a measurement, and the folder of their data: both are gone when it is disposed of.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("data-processor-load-");
    private readonly Stack<IAsyncDisposable> _processes = [];

    public async Task<KinesisProcess> StartKinesisAsync(int shards, bool enforceLimits, CancellationToken cancellationToken) =>
        Own(await KinesisProcess.StartAsync(shards, enforceLimits, Path.Combine(_folder.FullName, "kinesis"), cancellationToken));

    public async Task<SiloProcess> StartSiloAsync(
        KinesisProcess kinesis, string processor, SiloProcess? first, CancellationToken cancellationToken) =>
        Own(await SiloProcess.StartAsync(kinesis, processor, Path.Combine(_folder.FullName, "silo"), first, cancellationToken));

    public async Task<GeneratorProcess> StartGeneratorAsync(LoadPlan plan, CancellationToken cancellationToken) =>
        Own(await GeneratorProcess.StartAsync(plan, cancellationToken));

    public async Task<PeerProcess> StartPeerAsync(CancellationToken cancellationToken, params string[] arguments) =>
        Own(await PeerProcess.StartAsync(arguments, cancellationToken));

    public async ValueTask DisposeAsync()
    {
        while (_processes.TryPop(out var process))
        {
            await process.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    private T Own<T>(T process)
        where T : IAsyncDisposable
    {
        _processes.Push(process);
        return process;
    }
}
