using System.Diagnostics;

namespace DataProcessor.Aws.Local.Storage;

/// <summary>
/// The records of one shard, durable once <see cref="CommitAsync"/> has returned. Group commit: the first request of a
/// batch leads; it waits for the batch before, writes everything that has gathered, and releases the followers. No thread
/// of its own, so that a single-threaded simulation can drive it.
/// </summary>
internal sealed class ShardLog : IDisposable
{
    private readonly Lock _gate;
    private readonly SegmentStore _store;
    private readonly StorageQuota _quota;
    private Segment[] _segments;
    private CommitBatch? _open;
    private CommitBatch? _last;
    private long _lastCounter;
    private long _lastArrivalMs;
    private readonly SequenceGap _gap = new();
    private long _writtenCounter;
    private long _committedCounter;

    /// <param name="gate">The shard's lock; held by the caller where a member says so.</param>
    /// <param name="store">Where its segments are.</param>
    /// <param name="quota">What they count against.</param>
    /// <param name="createdMs">Creation of the shard: no record can have arrived earlier.</param>
    public ShardLog(Lock gate, SegmentStore store, StorageQuota quota, long createdMs)
    {
        _gate = gate;
        _store = store;
        _quota = quota;
        _segments = store.Recover();
        _quota.Count(_segments.Sum(segment => segment.Length));
        _lastCounter = _writtenCounter = _committedCounter = _segments is [.., var newest] ? newest.LastCounter : 0;
        _lastArrivalMs = Math.Max(createdMs, _segments is [.., var last] ? last.LastArrivalMs : 0);
    }

    /// <summary>Called when readers can see more.</summary>
    public Action? Committed { get; init; }

    /// <summary>Counter of the last record that readers can see; 0 before the first.</summary>
    public long CommittedCounter => Interlocked.Read(ref _committedCounter);

    /// <summary>Counter of the last record that was appended. Gate held.</summary>
    public long LastCounter => _lastCounter;

    /// <summary>Its arrival time; the shard's creation before the first. Gate held.</summary>
    public long LastArrivalMs => _lastArrivalMs;

    public long StoredBytes => Volatile.Read(ref _segments).Sum(segment => segment.Length);

    /// <summary>Adds a record to the open batch. Gate held.</summary>
    /// <param name="key">Partition key, UTF-8.</param>
    /// <param name="data">The record.</param>
    /// <param name="arrivalMs">Now; moved up if the clock went back, since sequence numbers must grow.</param>
    /// <param name="counter">Its number in the shard.</param>
    /// <param name="stampedMs">The arrival time it got.</param>
    /// <param name="leavesGap">A fault: a put that follows quickly shall get a lower number.</param>
    /// <param name="above">The number must be greater.</param>
    /// <returns>False if the data folder is full.</returns>
    public bool TryAppend(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, long arrivalMs, out long counter, out long stampedMs, bool leavesGap = false, long above = 0)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        var length = EntryHeader.LengthOf(key.Length, data.Length);
        counter = stampedMs = 0;
        if (!_quota.TryReserve(length))
        {
            return false;
        }

        _open ??= _last = new CommitBatch(_last);
        var room = _open.Extend(length);
        if (_gap.TryFill(arrivalMs, above, out counter))
        {
            _open.FillsGap = true;
            stampedMs = _lastArrivalMs; // Numbers contain it, too: it must not be above that of the record it comes before.
        }
        else
        {
            Reveal(long.MaxValue);
            if (leavesGap && !_gap.IsHiding)
            {
                _gap.Open(++_lastCounter, arrivalMs);
            }

            counter = ++_lastCounter;
            stampedMs = _lastArrivalMs = Math.Max(_lastArrivalMs, arrivalMs);
        }

        EntryHeader.WriteEntry(room, key, data, counter, stampedMs);
        return true;
    }

    /// <summary>To be taken in the same holding of the gate as the appends it stands for, and then committed.</summary>
    public CommitTicket TakeTicket()
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        if (_open is not { } batch)
        {
            return default;
        }

        var leads = !batch.HasLeader;
        batch.HasLeader = true;
        return new CommitTicket(batch, leads);
    }

    /// <summary>Waits until the ticket's records are written; throws the write's error. Not cancellable: others may wait for it.</summary>
    public async ValueTask CommitAsync(CommitTicket ticket)
    {
        if (ticket.Batch is not { } batch)
        {
            return;
        }

        if (!ticket.Leads)
        {
            await batch.Written;
            return;
        }

        if (batch.Previous is { Written.IsCompleted: false } previous)
        {
            // Its failure is its own requests' business.
            await previous.Written.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        Write(batch);
    }

    /// <summary>Records from a counter on that arrived at or after a time. Dispose the result.</summary>
    public ReadBatch Read(long fromCounter, int maxRecords, long maxBytes, long fromArrivalMs)
    {
        const int attempts = 3;
        for (var attempt = 1; ; attempt++)
        {
            var batch = new ReadBatch(maxRecords, maxBytes);
            try
            {
                Fill(batch, fromCounter, fromArrivalMs);
                return batch;
            }
            catch (SegmentGoneException) when (attempt < attempts)
            {
                batch.Dispose();
            }
            catch
            {
                batch.Dispose();
                throw;
            }
        }
    }

    /// <summary>Whether an injected inversion keeps records from readers. Gate held.</summary>
    public bool IsHiding => _gap.IsHiding;

    /// <summary>Shows what an injected inversion hides, unless a put is still to come before it. Gate held.</summary>
    public void Reveal(long nowMs)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        if (_gap.HasExpired(nowMs))
        {
            _gap.Close();
            Publish();
        }
    }

    /// <summary>Deletes the segments whose last record arrived before the time.</summary>
    public void DeleteExpired(long beforeMs)
    {
        lock (_gate)
        {
            var expired = 0;
            while (expired < _segments.Length && _segments[expired] is { IsEmpty: false } segment && segment.LastArrivalMs < beforeMs)
            {
                expired++;
            }

            if (expired == _segments.Length && expired > 0)
            {
                if (_last is { Written.IsCompleted: false })
                {
                    expired--;
                }
                else
                {
                    // The last segment's name is what remembers the counter, so there must be a new one first.
                    Roll();
                }
            }

            Delete(expired);
        }
    }

    /// <summary>The last batch's write, for one who has stopped the appends and wants the files for himself.</summary>
    public Task LastCommit => _last?.Written ?? Task.CompletedTask;

    /// <summary>Closes the files of a stream that is being deleted, and gives its bytes back.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _quota.Release(StoredBytes);
            Dispose();
            Volatile.Write(ref _segments, []);
        }
    }

    public void Dispose()
    {
        foreach (var segment in _segments)
        {
            segment.Dispose();
        }
    }

    private void Write(CommitBatch batch)
    {
        long written;
        lock (_gate)
        {
            // From here on new records go to the next batch.
            _open = null;
            written = _lastCounter;
        }

        try
        {
            // What fills a gap belongs into the segment of the record that it comes before.
            if (_segments is not [.., var active] || (SegmentStore.IsFull(active, _lastArrivalMs) && !batch.FillsGap))
            {
                lock (_gate)
                {
                    active = Roll();
                }
            }

            active.Append(batch.Entries);
            HasWritten(batch, written);
            batch.Finish(null);
            Committed?.Invoke();
        }
        catch (Exception e)
        {
            _quota.Release(batch.Entries.Length);
            HasWritten(batch, _writtenCounter);
            batch.Finish(e);
            throw;
        }
    }

    private void HasWritten(CommitBatch batch, long counter)
    {
        lock (_gate)
        {
            _writtenCounter = counter;
            if (batch.FillsGap)
            {
                _gap.Close();
            }

            Publish();
        }
    }

    private void Publish() => Interlocked.Exchange(ref _committedCounter, Math.Min(_writtenCounter, _gap.HiddenFrom - 1));

    private Segment Roll()
    {
        var segment = _store.Create(new SegmentHeader(
            _segments is [.., var last] ? last.LastCounter + 1 : 1,
            _segments is [.., var newest] ? newest.LastArrivalMs : 0));
        _quota.Count(segment.Length);
        _segments.LastOrDefault()?.Seal();
        Volatile.Write(ref _segments, [.. _segments, segment]);
        return segment;
    }

    private void Delete(int count)
    {
        foreach (var segment in _segments.AsSpan(0, count))
        {
            segment.Delete();
            _quota.Release(segment.Length);
        }

        if (count > 0)
        {
            Volatile.Write(ref _segments, _segments[count..]);
        }
    }

    private void Fill(ReadBatch batch, long fromCounter, long fromArrivalMs)
    {
        var committed = batch.LastVisible = CommittedCounter;
        var segments = Volatile.Read(ref _segments);
        var first = Array.FindLastIndex(segments, segment => segment.Header.BaseCounter <= fromCounter);
        for (var i = Math.Max(0, first); i < segments.Length && !batch.IsComplete; i++)
        {
            SegmentReader.Read(segments[i], fromCounter, fromArrivalMs, batch);
        }

        batch.NextCounter = batch.Records is [.., var last] ? last.Counter + 1 : Math.Max(fromCounter, committed + 1);
    }
}
