namespace DataProcessor.Chaos.Host;

/// <summary>Stands still as long as there is a file named <see cref="FileName"/> beside the evidence.</summary>
public sealed class StandingProcessor(TimeProvider time) : EvidenceProcessor
{
    public const string PlantName = "stand-still";
    public const string FileName = "stand-still";

    public override async ValueTask ProcessAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50), time);
        while (File.Exists(Path.Combine(Folder, FileName)))
        {
            await look.WaitForNextTickAsync(cancellationToken);
        }

        await base.ProcessAsync(batch, cancellationToken);
    }
}
