namespace DataProcessor.Grains.Processing;

/// <summary>How many shards each silo has. Equal loads are told apart by address, so the same input gives the same plan.</summary>
internal sealed class SiloLoads
{
    private readonly Dictionary<string, int> _loads;

    public SiloLoads(IReadOnlyCollection<string> silos) => _loads = silos.ToDictionary(silo => silo, _ => 0);

    private string Least => _loads.MinBy(silo => (silo.Value, silo.Key)).Key;

    /// <returns>False if the silo is not one of those that take shards.</returns>
    public bool TryAdd(string? silo)
    {
        if (silo is null || !_loads.TryGetValue(silo, out var load))
        {
            return false;
        }

        _loads[silo] = load + 1;
        return true;
    }

    /// <returns>The silo that had the fewest.</returns>
    public string AddToLeast()
    {
        var least = Least;
        _loads[least]++;
        return least;
    }

    public string MoveToLeast(string from)
    {
        _loads[from]--;
        return AddToLeast();
    }

    /// <summary>The one of <paramref name="silos"/> with the most shards; null if there are none.</summary>
    public string? MostAmong(IEnumerable<string> silos) => silos.MaxBy(silo => (_loads[silo], silo));

    /// <summary>Only then a move makes it better.</summary>
    public bool ExceedsLeastByTwo(string silo) => _loads[silo] >= _loads[Least] + 2;
}
