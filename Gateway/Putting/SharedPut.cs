using DataProcessor.Gateway.Reading;
using DataProcessor.Gateway.Routing;

namespace DataProcessor.Gateway.Putting;

/// <summary>
/// Single records of concurrent requests that travel to their shard in one put. It is open from its first record until the
/// thread pool comes to it: at once when there is nothing else to do, and under load when the requests that were waiting
/// before it have added theirs.
/// </summary>
internal sealed class SharedPut(ShardTarget target, StreamRoutes routes, PutDispatcher puts) : IThreadPoolWorkItem, IDisposable
{
    private readonly IncomingRecords _records = new();
    private readonly TaskCompletionSource<RecordOutcome[]> _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _bytes;

    /// <summary>Ends without a failure: that is for whoever waits.</summary>
    private Task _running = Task.CompletedTask;


    public StreamRoutes Routes => routes;

    /// <summary>What became of the records, by the position that <see cref="Add"/> gave them.</summary>
    public Task<RecordOutcome[]> Settled => _settled.Task;

    public bool HasRoomFor(int bytes) => _bytes + bytes <= FramePacker.ChunkBytes;

    /// <summary>Takes a copy of the record; its position.</summary>
    public int Add(ReadOnlySpan<byte> frame)
    {
        frame.CopyTo(_records.Reserve(frame.Length));
        _records.Add(frame.Length);
        _bytes += frame.Length;
        return _records.Count - 1;
    }

    /// <summary>The put does it itself when it is settled.</summary>
    public void Dispose() => _records.Dispose();

    void IThreadPoolWorkItem.Execute()
    {
        target.Gathering.Close(this);
        _running = RunAsync();
    }

    private async Task RunAsync()
    {
        try
        {
            await puts.PutAsync(_records, new ShardGroup(target, _records.Open(), _bytes), routes);
            var outcomes = new RecordOutcome[_records.Count];
            for (var i = 0; i < outcomes.Length; i++)
            {
                outcomes[i] = _records.OutcomeOf(i);
            }

            _settled.SetResult(outcomes);
        }
        catch (Exception failure)
        {
            // Nothing is expected to come here, but whoever waits must hear of it.
            _settled.SetException(failure);
        }
        finally
        {
            Dispose();
        }
    }
}
