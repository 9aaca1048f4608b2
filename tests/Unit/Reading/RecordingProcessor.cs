using Xunit;

namespace DataProcessor.Unit.Reading;

/// <summary>Keeps what it handled, checks the contract of calls, and does what the test says with a batch.</summary>
internal sealed class RecordingProcessor(Func<RecordBatch, CancellationToken, Task>? process = null) : IRecordProcessor
{
    private bool _isBusy;

    /// <summary>Data of every record whose batch was handled, or of those before the one that failed.</summary>
    public List<string> Handled { get; } = [];

    public List<StreamPosition> Positions { get; } = [];

    public int Calls { get; private set; }

    public async ValueTask ProcessAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        Assert.False(_isBusy, "Two batches at a time.");
        _isBusy = true;
        Calls++;
        var done = 0;
        try
        {
            await (process?.Invoke(batch, cancellationToken) ?? Task.CompletedTask);
            done = batch.Count;
        }
        catch (RecordFailedException failure)
        {
            done = failure.Index;
            throw;
        }
        catch
        {
            done = batch.DoneCount;
            throw;
        }
        finally
        {
            _isBusy = false;
            for (var i = 0; i < done; i++)
            {
                Handled.Add(System.Text.Encoding.UTF8.GetString(batch[i].Data.Span));
                Positions.Add(batch[i].Position);
            }
        }
    }
}
