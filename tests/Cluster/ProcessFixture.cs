using Xunit;

namespace DataProcessor.Cluster;

/// <summary>One process for all tests of a class.</summary>
public sealed class ProcessFixture : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("data-processor-");
    private RunningProcess? _process;

    internal RunningProcess Process => _process ?? throw new InvalidOperationException("The process is not started.");

    public async ValueTask InitializeAsync() =>
        _process = await RunningProcess.StartAsync(_folder.FullName, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }
}
