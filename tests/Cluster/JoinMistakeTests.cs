using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace DataProcessor.Cluster;

/// <summary>What a person is told who starts the second silo wrongly.</summary>
public sealed class JoinMistakeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("data-processor-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Without_the_flag_a_second_silo_on_the_same_port_is_told_about_it()
    {
        using var first = Listen();

        var refused = await Assert.ThrowsAsync<IOException>(() => StartAsync("--silo-port", PortOf(first)));
        Assert.Contains("--join", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Joining_needs_a_first_silo_its_Kinesis_and_its_state()
    {
        string absent;
        using (var gone = Listen())
        {
            absent = $"127.0.0.1:{PortOf(gone)}";
        }

        using var first = Listen();
        var silo = $"127.0.0.1:{PortOf(first)}";
        var noSilo = await Assert.ThrowsAsync<IOException>(() => StartAsync("--join", absent, "--kinesis-endpoint", $"http://{silo}"));
        var noKinesis = await Assert.ThrowsAsync<IOException>(() => StartAsync("--join", silo, "--kinesis-endpoint", $"http://{absent}"));
        var noState = await Assert.ThrowsAsync<IOException>(() => StartAsync("--join", silo, "--kinesis-endpoint", $"http://{silo}"));

        Assert.Contains("--silo-port", noSilo.Message, StringComparison.Ordinal);
        Assert.Contains("--kinesis-endpoint", noKinesis.Message, StringComparison.Ordinal);
        Assert.Contains("--data-folder", noState.Message, StringComparison.Ordinal);
    }

    private Task<RunningProcess> StartAsync(params string[] arguments) => RunningProcess.StartAsync(_folder.FullName, Cancel, arguments);

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static string PortOf(TcpListener listener) =>
        ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
}
