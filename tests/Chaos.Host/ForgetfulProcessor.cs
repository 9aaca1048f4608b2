namespace DataProcessor.Chaos.Host;

/// <summary>
/// A planted bug, to test the checker: says "handled" at once and handles the batch one batch later, so that the
/// checkpoint runs ahead of the work as in a reader that checkpoints before it dispatches.
/// </summary>
public sealed class ForgetfulProcessor : EvidenceProcessor
{
    public const string PlantName = "checkpoint-before-dispatch";

    private (string ShardId, byte[] Lines)? _postponed;

    public override ValueTask ProcessAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        if (_postponed is { } last)
        {
            Write(last.ShardId, last.Lines);
        }

        _postponed = (batch.ShardId, Render(batch));
        return ValueTask.CompletedTask;
    }
}
