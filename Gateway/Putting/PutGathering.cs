using DataProcessor.Gateway.Routing;

namespace DataProcessor.Gateway.Putting;

/// <summary>Where single records for a shard meet, see <see cref="SharedPut"/>.</summary>
internal sealed class PutGathering
{
    /// <summary>A larger record travels alone: it gains little, and would wait for its copy.</summary>
    public const int MostRecordBytes = 8 * 1024;

    private readonly Lock _lock = new();
    private SharedPut? _open;

    /// <summary>A put waits to be sent: another record costs next to nothing.</summary>
    public bool IsOpen => Volatile.Read(ref _open) is not null;

    /// <summary>Adds a record to the open put, or begins one.</summary>
    public SharedPut Add(
        ReadOnlySpan<byte> frame, ShardTarget target, StreamRoutes routes, PutDispatcher puts, out int position)
    {
        SharedPut put;
        bool isNew;
        lock (_lock)
        {
            isNew = _open is null || _open.Routes != routes || !_open.HasRoomFor(frame.Length);
            put = _open = isNew ? new(target, routes, puts) : _open!;
            position = put.Add(frame);
        }

        if (isNew)
        {
            // Behind what is queued already: that is what gathers the records.
            ThreadPool.UnsafeQueueUserWorkItem(put, preferLocal: false);
        }

        return put;
    }

    /// <summary>From now on nothing is added to <paramref name="put"/>.</summary>
    public void Close(SharedPut put)
    {
        lock (_lock)
        {
            _open = _open == put ? null : _open;
        }
    }
}
