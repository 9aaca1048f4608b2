namespace DataProcessor.Chaos;

/// <summary>
/// The system as two processes on loopback, the embedded Kinesis apart from silo and gateway. A killed process is
/// started again on its old ports and data.
/// </summary>
internal sealed class SystemUnderTest : IAsyncDisposable
{
    /// <summary>Bounds what a crash may repeat.</summary>
    public static readonly TimeSpan CheckpointInterval = TimeSpan.FromSeconds(1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("data-processor-chaos-");
    private readonly string _plant;
    private readonly int _shards;
    private readonly bool _enforceLimits;
    private readonly string[] _siloArguments;
    private ProcessUnderTest? _kinesis;
    private ProcessUnderTest? _silo;
    private ProcessUnderTest? _joined;

    private SystemUnderTest(int shards, string plant, bool enforceLimits, string[] siloArguments)
    {
        _siloArguments = siloArguments;
        _enforceLimits = enforceLimits;
        _shards = shards;
        _plant = plant;
    }

    public Uri Kinesis { get; private set; } = new("http://127.0.0.1:0");

    public Uri Gateway { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>The gateway of the silo that joined, until it is asked to leave: the load goes there.</summary>
    public Uri? JoinedGateway { get; private set; }

    public Uri Admin => _silo!.Address("admin");

    /// <summary>Process ids of the silo in the order of their starts: the order of their evidence.</summary>
    public List<int> SiloIds { get; } = [];

    /// <summary>When each of them was killed, in ms since the machine's start.</summary>
    public List<long> SiloKilledAt { get; } = [];

    public string EvidenceFolder => Path.Combine(_folder.FullName, "evidence");

    public static async Task<SystemUnderTest> StartAsync(
        int shards, string plant, CancellationToken cancellationToken, bool enforceLimits = true, string[]? siloArguments = null)
    {
        var system = new SystemUnderTest(shards, plant, enforceLimits, siloArguments ?? []);
        Directory.CreateDirectory(system.EvidenceFolder);
        try
        {
            await system.StartKinesisAsync(cancellationToken);
            await system.StartSiloAsync(cancellationToken);
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }

        return system;
    }

    public async Task KillSiloAsync(CancellationToken cancellationToken)
    {
        await _silo!.KillAsync();
        SiloKilledAt.Add(Environment.TickCount64);
        await StartSiloAsync(cancellationToken);
    }

    public async Task KillKinesisAsync(CancellationToken cancellationToken)
    {
        await _kinesis!.KillAsync();
        await StartKinesisAsync(cancellationToken);
    }

    /// <summary>Starts another silo on the same Kinesis and data.</summary>
    public async Task JoinSiloAsync(CancellationToken cancellationToken)
    {
        _joined = await ProcessUnderTest.StartAsync(
            [
                "--join", _silo!.SiloAddress, "--kinesis-endpoint", Kinesis.ToString(), "--data-folder", Path.Combine(_folder.FullName, "silo"),
                "--Reader:CheckpointInterval", $"{CheckpointInterval}", "--Gateway:DrainTime=00:00:00",
            ],
            new() { ["CHAOS_EVIDENCE"] = EvidenceFolder, ["CHAOS_PLANT"] = _plant },
            lastLine: "curl ",
            cancellationToken);
        SiloIds.Add(_joined.Id);
        JoinedGateway = _joined.Address("gateway");
    }

    /// <summary>Ends the first silo by SIGTERM; returns its exit code.</summary>
    public Task<int> TerminateSiloAsync(CancellationToken cancellationToken) => _silo!.TerminateAsync(cancellationToken);

    public Task KillJoinedSiloAsync() => _joined!.KillAsync();

    /// <summary>Ends the silo that joined by SIGTERM, as soon as no new posts go to it; returns its exit code.</summary>
    public Task<int> LeaveSiloAsync(CancellationToken cancellationToken)
    {
        JoinedGateway = null;
        return _joined!.TerminateAsync(cancellationToken);
    }

    public string Output => $"--- kinesis\n{_kinesis?.Output}\n--- silo\n{_silo?.Output}\n--- joined\n{_joined?.Output}";

    public async ValueTask DisposeAsync()
    {
        foreach (var process in new[] { _joined, _silo, _kinesis })
        {
            if (process is not null)
            {
                await process.DisposeAsync();
            }
        }

        _folder.Delete(recursive: true);
    }

    private async Task StartKinesisAsync(CancellationToken cancellationToken)
    {
        _kinesis = await ProcessUnderTest.StartAsync(
            [
                "--role", "kinesis", "--kinesis-port", $"{Kinesis.Port}", "--shard-count", $"{_shards}",
                "--data-folder", Path.Combine(_folder.FullName, "kinesis"), $"--Kinesis:EnforceLimits={_enforceLimits}",
            ],
            [],
            lastLine: "data ",
            cancellationToken);
        Kinesis = _kinesis.Address("kinesis");
    }

    private async Task StartSiloAsync(CancellationToken cancellationToken)
    {
        _silo = await ProcessUnderTest.StartAsync(
            [
                "--kinesis-endpoint", Kinesis.ToString(), "--data-folder", Path.Combine(_folder.FullName, "silo"),
                "--gateway-port", $"{Gateway.Port}", "--admin-port", "0", "--silo-port", "0", "--orleans-gateway-port", "0",
                "--Reader:CheckpointInterval", $"{CheckpointInterval}", .. _siloArguments,
            ],
            new() { ["CHAOS_EVIDENCE"] = EvidenceFolder, ["CHAOS_PLANT"] = _plant },
            lastLine: "curl ",
            cancellationToken);
        Gateway = _silo.Address("gateway");
        SiloIds.Add(_silo.Id);
    }
}
