using DataProcessor.Grains.Producing;

namespace DataProcessor.Unit.Producing;

/// <summary>Moments of a Poisson process, from the simulation's seed.</summary>
internal sealed class PoissonArrivals(Simulation simulation, double perSecond)
{
    private TimeSpan _next = simulation.Time.Monotonic();

    public async Task NextAsync()
    {
        _next += TimeSpan.FromSeconds(-Math.Log(1 - simulation.Random.NextDouble()) / perSecond);
        if (_next > simulation.Time.Monotonic())
        {
            await simulation.PassAsync(_next - simulation.Time.Monotonic());
        }
    }
}
