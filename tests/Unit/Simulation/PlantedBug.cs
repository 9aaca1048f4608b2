using DataProcessor.Grains.Storage;

namespace DataProcessor.Unit.Simulation;

/// <summary>A deliberate bug, to see that the checkers notice; this one is none.</summary>
internal class PlantedBug
{
    public static PlantedBug None { get; } = new();

    /// <summary>Name of a reader in the lease.</summary>
    public virtual string OwnerOf(string reader) => reader;

    /// <param name="state">Why a shard is not to be read; null if it is.</param>
    public virtual ShardState? WithoutReader(ShardState? state) => state;

    public virtual IRecordProcessor Processor(IRecordProcessor processor, SimulatedWorld world) => processor;

    public virtual IConditionalStore Store(IConditionalStore store, SimulatedWorld world) => store;
}
