using Xunit;

namespace DataProcessor.Cluster;

/// <summary>Tests of processes whose Kinesis, data folder and clock are the test's.</summary>
public abstract class WithExternalKinesis : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("data-processor-");

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected ShiftedTime Time { get; } = new();

    private protected ExternalKinesis Kinesis { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Kinesis = new(_folder.FullName);
        await Kinesis.StartAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Kinesis.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private protected Task<RunningProcess> StartAsync(params string[] arguments) =>
        RunningProcess.StartAsync(_folder.FullName, Time, Cancel, ["--kinesis-endpoint", Kinesis.Endpoint, .. arguments]);
}
