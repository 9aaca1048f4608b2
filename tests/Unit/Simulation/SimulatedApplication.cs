using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Processing;
using DataProcessor.Grains.Reading;
using DataProcessor.Grains.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace DataProcessor.Unit.Simulation;

/// <summary>
/// Stands for the application's grain, by its own rule and its audit of the leases: one reader for each shard that may begin.
/// It starts the next reader of a shard when one ended, or when it believes so.
/// </summary>
internal sealed class SimulatedApplication(SimulatedWorld world)
{
    private const string Name = "application";
    private const int MostNudgeMs = 1000;
    private const int MostMapAgeMs = 3000;
    private const int MostDetectionMs = 3000;

    private readonly Dictionary<string, SimulatedReader> _running = [];
    private readonly Dictionary<string, ShardState> _states = [];
    private readonly List<SimulatedSilo> _silos = [];
    private readonly List<SimulatedReader> _readers = [];
    private readonly LeaseAudit _audit = new(
        new LeaseTable(new SimulatedStore(world.Leases, Name, world), SimulatedWorld.Application, world.Scenario.Reader.LeaseKeys),
        SimulatedWorld.Application,
        new ReaderInstruments(world.Meters),
        NullLogger.Instance);

    private ShardMap? _map;
    private LeaseCoverage? _coverage;
    private bool _isMapOld;
    private bool _isStopping;
    private int _siloNumber;

    /// <summary>The readers that the application knows of.</summary>
    public IReadOnlyCollection<SimulatedReader> Running => _running.Values;

    /// <summary>Whether every shard that is closed is finished, and every other is read.</summary>
    public bool IsSettled => _map is { } map && !_isMapOld
        && map.Shards.All(shard => shard.IsOpen ? _running.ContainsKey(shard.Id) : _states.GetValueOrDefault(shard.Id) == ShardState.Finished);

    public async Task RunAsync()
    {
        for (var silo = 0; silo < world.Scenario.Silos; silo++)
        {
            AddSilo();
        }

        var ageing = AgeMapAsync();
        while (!_isStopping)
        {
            await VisitAsync();
            await world.PassUpTo(MostNudgeMs);
        }

        await ageing;
        var left = _readers.Where(reader => !reader.Silo.Process.IsDead && !reader.Exit.IsCompleted).ToList();
        left.ForEach(reader => reader.Stop());
        await Task.WhenAny(Task.WhenAll(left.Select(reader => reader.Exit)));
    }

    public void Stop() => _isStopping = true;

    /// <summary>A planned move: the reader ends in good order, and the next one starts elsewhere.</summary>
    public async Task MoveAsync(SimulatedReader reader)
    {
        world.History.Add(new Noted($"{reader.Name} is to move"));
        reader.Stop();
        await Task.WhenAny(reader.Exit);
        world.Totals[Seen.Moves] += reader.Exit is { IsCompletedSuccessfully: true, Result: ReaderExit.Stopped } ? 1 : 0;
    }

    /// <summary>The application no longer counts on the silo; after a while there is another.</summary>
    public async Task LoseAsync(SimulatedSilo silo)
    {
        await world.PassUpTo(MostDetectionMs);
        _silos.Remove(silo);
        foreach (var reader in _running.Values.Where(reader => reader.Silo == silo).ToArray())
        {
            _running.Remove(reader.Shard.Id);
        }

        await world.PassUpTo(MostDetectionMs);
        AddSilo();
    }

    /// <summary>Starts a reader although there is one, as a grain that is activated twice does.</summary>
    public void StartSecond(SimulatedReader first)
    {
        world.Totals[Seen.SecondReaders]++;
        Start(first.Shard);
    }

    /// <summary>The application itself begins anew: it knows neither what runs nor what is finished.</summary>
    public void Forget()
    {
        world.Totals[Seen.ForgetfulApplications]++;
        world.History.Add(new Noted("the application forgets everything"));
        _running.Clear();
        _states.Clear();
        (_map, _coverage) = (null, null);
    }

    private void AddSilo() => _silos.Add(new(world, $"silo-{++_siloNumber}"));

    private async Task AgeMapAsync()
    {
        while (!_isStopping)
        {
            await world.PassUpTo(MostMapAgeMs);
            _isMapOld = true;
        }
    }

    private async Task VisitAsync()
    {
        var map = await CurrentMapAsync();
        if (_coverage is not { } coverage)
        {
            return;
        }

        foreach (var shard in map.Shards)
        {
            if (_isStopping || _silos.Count == 0 || StateOf(shard.Id) == ShardState.Finished || _running.ContainsKey(shard.Id))
            {
                continue;
            }

            if (world.Plant.WithoutReader(ReadingOrder.WithoutReader(map, shard, coverage, StateOf)) is { } state)
            {
                _states[shard.Id] = state;
            }
            else
            {
                Start(shard);
            }
        }
    }

    /// <summary>By the map that is in hand, unless it is old; the leases are compared with each new one.</summary>
    private async Task<ShardMap> CurrentMapAsync()
    {
        if (_map is not null && !_isMapOld)
        {
            return _map;
        }

        _isMapOld = false;
        var map = _map = await world.MapAsync();
        _isMapOld |= ReadingOrder.LacksChildren(map, StateOf);
        try
        {
            (_coverage, var deleted) = await _audit.RunAsync(
                map, [.. _running.Keys], world.Scenario.Reader.InitialCheckpoint, CancellationToken.None);
            foreach (var shard in deleted.Where(_running.ContainsKey))
            {
                _running[shard].Stop();
            }
        }
        catch (StoreException)
        {
            _isMapOld = true;
        }

        return map;
    }

    private ShardState? StateOf(string shard) => _states.TryGetValue(shard, out var state) ? state : null;

    private void Start(Shard shard)
    {
        var reader = _silos[world.Random.Next(_silos.Count)].Start(shard);
        world.History.Add(new Noted($"{reader.Name} starts on {shard.Id}"));
        (_running[shard.Id], _states[shard.Id]) = (reader, ShardState.Reading);
        _readers.Add(reader);
        world.Watch(SeeToEndAsync(reader));
    }

    private async Task SeeToEndAsync(SimulatedReader reader)
    {
        var exit = await reader.Exit;
        world.History.Add(new Noted($"{reader.Name} ended on {reader.Shard.Id}: {exit}"));
        world.Totals[Seen.LeasesLost] += exit == ReaderExit.LeaseLost ? 1 : 0;
        if (_running.GetValueOrDefault(reader.Shard.Id) == reader)
        {
            _running.Remove(reader.Shard.Id);
        }

        if (exit == ReaderExit.Finished && StateOf(reader.Shard.Id) != ShardState.Finished)
        {
            _states[reader.Shard.Id] = ShardState.Finished;
            _coverage?.OnFinished(reader.Shard.Id);
            _isMapOld |= reader.Shard.IsOpen;
            if (!_isStopping)
            {
                await VisitAsync();
            }
        }
    }
}
