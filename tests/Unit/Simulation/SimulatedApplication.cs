using DataProcessor.Grains.Processing;
using DataProcessor.Grains.Reading;

namespace DataProcessor.Unit.Simulation;

/// <summary>
/// Stands for the application's grain, by its rule: one reader for each shard that is not finished and may begin. It starts
/// the next reader of a shard when one ended, or when it believes so.
/// </summary>
internal sealed class SimulatedApplication(SimulatedWorld world)
{
    private const int MostNudgeMs = 1000;
    private const int MostMapAgeMs = 3000;
    private const int MostDetectionMs = 3000;

    private readonly Dictionary<string, SimulatedReader> _running = [];
    private readonly HashSet<string> _finished = [];
    private readonly List<SimulatedSilo> _silos = [];
    private readonly List<SimulatedReader> _readers = [];
    private ShardMap? _map;
    private bool _isMapOld;
    private bool _isStopping;
    private int _siloNumber;

    public IReadOnlyList<SimulatedSilo> Silos => _silos;

    /// <summary>The readers that the application knows of.</summary>
    public IReadOnlyCollection<SimulatedReader> Running => _running.Values;

    /// <summary>Whether every shard that is closed is finished, and every other is read.</summary>
    public bool IsSettled => _map is { } map && !_isMapOld
        && map.Shards.All(shard => shard.IsOpen ? _running.ContainsKey(shard.Id) : _finished.Contains(shard.Id));

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
        _finished.Clear();
        _map = null;
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
        if (_map is null || _isMapOld)
        {
            _isMapOld = false;
            _map = await world.MapAsync();
            _isMapOld |= ReadingOrder.LacksChildren(_map, _finished.Contains);
        }

        foreach (var shard in _map.Shards)
        {
            if (!_isStopping && _silos.Count > 0 && !_finished.Contains(shard.Id) && !_running.ContainsKey(shard.Id)
                && world.Plant.MayBegin(ReadingOrder.MayBegin(_map, shard, _finished.Contains)))
            {
                Start(shard);
            }
        }
    }

    private void Start(Shard shard)
    {
        var reader = _silos[world.Random.Next(_silos.Count)].Start(shard);
        world.History.Add(new Noted($"{reader.Name} starts on {shard.Id}"));
        _running[shard.Id] = reader;
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

        if (exit == ReaderExit.Finished && _finished.Add(reader.Shard.Id))
        {
            _isMapOld = true;
            if (!_isStopping)
            {
                await VisitAsync();
            }
        }
    }
}
