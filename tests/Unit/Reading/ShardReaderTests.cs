using DataProcessor.Grains.Leases;
using DataProcessor.Grains.Reading;
using DataProcessor.Grains.Storage;
using DataProcessor.Unit.Aggregation;
using Xunit;

namespace DataProcessor.Unit.Reading;

public sealed class ShardReaderTests : IDisposable
{
    private readonly ReaderWorld _world = new();
    private readonly CancellationTokenSource _stop = new();

    [Fact]
    public void A_closed_shard_is_read_to_its_end_in_order_and_declared_finished()
    {
        PutNumbers(0, 25);
        _world.Shard.PageSize = 10;
        _world.Shard.IsClosed = true;
        _world.Options.MaxBatchRecords = 4;
        var processor = new RecordingProcessor();
        _world.Run(async () =>
        {
            var reader = _world.Reader(processor);
            Assert.Equal(ReaderExit.Finished, await reader.RunAsync(_stop.Token));
            Assert.Equal(ShardState.Finished, reader.Status.State);
            Assert.Equal((25, 25 + 15), (reader.Status.RecordsProcessed, reader.Status.BytesProcessed));
            Assert.Equal(Checkpoint.ShardEnd, (await _world.Lease()).Checkpoint);

            var (reads, writes) = (_world.Shard.Reads.Count, _world.Store.Writes);
            Assert.Equal(ReaderExit.Finished, await _world.Reader(processor).RunAsync(_stop.Token));
            Assert.Equal((reads, writes), (_world.Shard.Reads.Count, _world.Store.Writes));
        });
        Assert.Equal(Numbers(0, 25), processor.Handled);
        Assert.Equal(8, processor.Calls); // pages of 10, 10, 5 in batches of 4 or the page's rest
    }

    [Fact]
    public void The_checkpoint_is_written_at_intervals_while_there_is_progress_and_never_when_idle()
    {
        _world.Run(async () =>
        {
            var running = _world.Reader(new RecordingProcessor()).RunAsync(_stop.Token);
            await _world.Time.Pass(TimeSpan.FromMinutes(1));
            Assert.Equal(2, _world.Store.Writes); // made and taken

            for (var i = 0; i < 60; i++)
            {
                PutNumbers(i, 1);
                await _world.Time.Pass(TimeSpan.FromSeconds(1));
            }

            Assert.InRange(_world.Store.Writes, 2 + 5, 2 + 7);
            await _world.Time.Pass(TimeSpan.FromSeconds(11));
            var writes = _world.Store.Writes;
            Assert.Equal(Checkpoint.At(new(ScriptedShard.NumberOf(59), 0)), (await _world.Lease()).Checkpoint);
            await _world.Time.Pass(TimeSpan.FromMinutes(5));
            Assert.Equal(writes, _world.Store.Writes);
            await StopAsync(running);
        });
    }

    [Fact]
    public void Reads_keep_200_ms_apart_while_behind_and_the_idle_time_at_the_tip()
    {
        PutNumbers(0, 30);
        _world.Shard.PageSize = 3;
        _world.Options.IdlePollInterval = TimeSpan.FromSeconds(1);
        _world.Run(async () =>
        {
            var running = _world.Reader(new RecordingProcessor()).RunAsync(_stop.Token);
            await _world.Time.Pass(TimeSpan.FromSeconds(12));
            await StopAsync(running);
        });

        var gaps = _world.Shard.Reads.Zip(_world.Shard.Reads.Skip(1), (a, b) => (b - a).TotalMilliseconds).ToList();
        Assert.All(gaps, gap => Assert.InRange(gap, 200, 1000));
        Assert.All(gaps.Take(9), gap => Assert.Equal(200, gap));
        Assert.Equal(1000, gaps[^1]);
        Assert.Equal(gaps.Order(), gaps);
    }

    [Fact]
    public void A_stop_lets_the_batch_end_writes_the_checkpoint_and_gives_the_lease_back()
    {
        PutNumbers(0, 5);
        var processor = new RecordingProcessor((_, token) => Task.Delay(TimeSpan.FromSeconds(3), _world.Time.Clock, token));
        _world.Run(async () =>
        {
            var running = _world.Reader(processor).RunAsync(_stop.Token);
            await _world.Time.Until(() => processor.Calls == 1);
            await StopAsync(running);
            var lease = await _world.Lease();
            Assert.Equal((null, Checkpoint.At(new(ScriptedShard.NumberOf(4), 0))), (lease.Owner, lease.Checkpoint));
        });
        Assert.Equal(Numbers(0, 5), processor.Handled);
    }

    [Fact]
    public void A_stop_waits_for_a_processor_only_so_long()
    {
        PutNumbers(0, 5);
        var processor = new RecordingProcessor(async (batch, token) =>
        {
            batch.Done(1);
            await Task.Delay(Timeout.InfiniteTimeSpan, _world.Time.Clock, token);
        });
        _world.Run(async () =>
        {
            var running = _world.Reader(processor).RunAsync(_stop.Token);
            await _world.Time.Until(() => processor.Calls == 1);
            var before = _world.Time.Clock.GetUtcNow();
            await StopAsync(running);
            Assert.InRange((_world.Time.Clock.GetUtcNow() - before).TotalSeconds, 9.9, 10.1);
            Assert.Equal(Checkpoint.At(new(ScriptedShard.NumberOf(1), 0)), (await _world.Lease()).Checkpoint);
        });
    }

    [Fact]
    public void A_reader_resumes_in_the_middle_of_an_aggregate()
    {
        _world.Shard.Put(Aggregate(Numbers(0, 6)), "another aggregator's");
        PutNumbers(6, 2);
        var first = new RecordingProcessor((batch, _) =>
        {
            batch.Done(2);
            return Task.FromException(new InvalidOperationException("no more"));
        });
        var second = new RecordingProcessor();
        _world.Run(async () =>
        {
            var running = _world.Reader(first).RunAsync(_stop.Token);
            await _world.Time.Until(() => first.Calls == 1);
            await StopAsync(running);
            Assert.Equal(Checkpoint.At(new(ScriptedShard.NumberOf(0), 2)), (await _world.Lease()).Checkpoint);

            _world.Shard.IsClosed = true;
            var reader = _world.Reader(second);
            await reader.RunAsync(CancellationToken.None);
            Assert.Equal(3, reader.Status.Duplicates);
        });
        Assert.Equal(Numbers(0, 3), first.Handled);
        Assert.Equal(Numbers(3, 5), second.Handled);
        Assert.Equal(3, _world.Counted("dataprocessor.reader.duplicates"));
    }

    [Fact]
    public void A_failed_batch_comes_again_from_the_first_record_that_is_not_done()
    {
        PutNumbers(0, 6);
        _world.Shard.IsClosed = true;
        var firsts = new List<long>();
        var processor = new RecordingProcessor((batch, _) =>
        {
            firsts.Add(long.Parse(batch[0].SequenceNumber.Value, System.Globalization.CultureInfo.InvariantCulture) - 95);
            if (firsts.Count == 1)
            {
                throw new RecordFailedException(2, "third");
            }

            if (firsts.Count == 2)
            {
                batch.Done(0);
                throw new InvalidOperationException("after the first");
            }

            return firsts.Count < 5 ? throw new RecordFailedException("first") : Task.CompletedTask;
        });
        _world.Run(async () =>
        {
            var reader = _world.Reader(processor);
            var running = reader.RunAsync(_stop.Token);
            await _world.Time.Until(() => processor.Calls == 1);
            Assert.Equal((ShardState.Retrying, "RecordFailedException: third"), (reader.Status.State, reader.Status.LastError));
            await _world.Time.Until(() => processor.Calls == 5);
            Assert.Equal(ReaderExit.Finished, await running);
            Assert.Null(reader.Status.LastError);
        });
        Assert.Equal([0, 2, 3, 3, 3], firsts);
        Assert.Equal(Numbers(0, 6), processor.Handled);
    }

    [Fact]
    public void A_poisoned_record_is_never_skipped_and_not_hammered()
    {
        PutNumbers(0, 1);
        var processor = new RecordingProcessor((_, _) => throw new InvalidOperationException("poison"));
        _world.Run(async () =>
        {
            var running = _world.Reader(processor).RunAsync(_stop.Token);
            await _world.Time.Pass(TimeSpan.FromMinutes(20));
            Assert.InRange(processor.Calls, 240, 600); // at the longest back-off, 2.5 to 5 s
            await StopAsync(running);
            Assert.Equal(Checkpoint.TrimHorizon, (await _world.Lease()).Checkpoint);
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_checkpoint_that_the_stream_no_longer_keeps_is_reported_and_reading_goes_on(bool isRefused)
    {
        PutNumbers(0, 10);
        _world.Shard.RefusesTrimmed = isRefused;
        var processor = new RecordingProcessor();
        _world.Run(async () =>
        {
            var running = _world.Reader(processor).RunAsync(_stop.Token);
            await _world.Time.Until(() => processor.Handled.Count == 10);
            await StopAsync(running);

            PutNumbers(10, 10);
            (_world.Shard.Trimmed, _world.Shard.IsClosed) = (15, true);
            Assert.Equal(ReaderExit.Finished, await _world.Reader(processor).RunAsync(CancellationToken.None));
        });
        Assert.Equal([.. Numbers(0, 10), .. Numbers(15, 5)], processor.Handled);
        Assert.Equal(1, _world.Counted("dataprocessor.reader.lost_positions"));
    }

    [Fact]
    public void A_reader_whose_lease_was_taken_ends_at_its_next_write_and_leaves_no_trace()
    {
        var (old, current) = (new RecordingProcessor(), new RecordingProcessor());
        using var stopCurrent = new CancellationTokenSource();
        _world.Run(async () =>
        {
            var stale = _world.Reader(old).RunAsync(_stop.Token);
            await _world.Time.Pass(TimeSpan.FromSeconds(1));
            var reader = _world.Reader(current).RunAsync(stopCurrent.Token);
            PutNumbers(0, 1);
            Assert.Equal(ReaderExit.LeaseLost, await stale);
            Assert.StartsWith("reader-2/", (await _world.Lease()).Owner, StringComparison.Ordinal);
            stopCurrent.Cancel();
            Assert.Equal(ReaderExit.Stopped, await reader);
        });
        Assert.Equal(Numbers(0, 1), current.Handled);
    }

    [Fact]
    public void From_latest_nothing_that_comes_after_the_start_is_missed_by_an_iterator_that_expires()
    {
        PutNumbers(0, 3);
        _world.Options.InitialPosition = InitialPosition.Latest;
        var processor = new RecordingProcessor();
        _world.Run(async () =>
        {
            await _world.Time.Pass(TimeSpan.FromSeconds(1));
            var running = _world.Reader(processor).RunAsync(_stop.Token);
            await _world.Time.Pass(TimeSpan.FromSeconds(1));
            _world.Shard.Fault = operation => operation == "GetRecords" ? "InternalFailure" : null;
            await _world.Time.Pass(TimeSpan.FromSeconds(1));
            PutNumbers(3, 3);
            await _world.Time.Pass(TimeSpan.FromMinutes(6));
            _world.Shard.Fault = _ => null;
            await _world.Time.Until(() => processor.Handled.Count >= 3);
            await StopAsync(running);
        });
        Assert.Equal(Numbers(3, 3), processor.Handled);
    }

    [Fact]
    public void Records_of_another_shard_are_dropped_counted_and_checkpointed()
    {
        _world.Shard.Put(Aggregate(Numbers(0, 3)), "a");
        var shard = ReaderWorld.Shard0 with { Range = new(new(1), new(2)) };
        var processor = new RecordingProcessor();
        _world.Run(async () =>
        {
            var running = _world.Reader(processor, shard: shard).RunAsync(_stop.Token);
            await _world.Time.Pass(TimeSpan.FromSeconds(1));
            await StopAsync(running);
            Assert.Equal(Checkpoint.At(new(ScriptedShard.NumberOf(0), 2)), (await _world.Lease()).Checkpoint);
        });
        Assert.Equal(0, processor.Calls);
        Assert.Equal(3, _world.Counted("dataprocessor.reader.out_of_range"));
    }

    [Fact]
    public void A_store_that_is_down_stops_neither_the_start_for_good_nor_the_reading()
    {
        PutNumbers(0, 3);
        var processor = new RecordingProcessor();
        _world.Run(async () =>
        {
            var isDown = true;
            _world.Store.Before = () => isDown ? throw new StoreException("down") : Task.CompletedTask;
            var reader = _world.Reader(processor);
            var running = reader.RunAsync(_stop.Token);
            await _world.Time.Pass(TimeSpan.FromSeconds(5));
            Assert.Equal((ShardState.Retrying, "StoreException: down"), (reader.Status.State, reader.Status.LastError));

            isDown = false;
            await _world.Time.Until(() => processor.Handled.Count == 3);
            isDown = true;
            PutNumbers(3, 3);
            await _world.Time.Pass(TimeSpan.FromMinutes(1));
            Assert.Equal(6, processor.Handled.Count);
            isDown = false;
            await _world.Time.Pass(TimeSpan.FromSeconds(11));
            Assert.Equal(Checkpoint.At(new(ScriptedShard.NumberOf(5), 0)), (await _world.Lease()).Checkpoint);
            await StopAsync(running);
        });
    }

    public void Dispose()
    {
        _stop.Dispose();
        _world.Dispose();
    }

    private async Task StopAsync(Task<ReaderExit> running)
    {
        _stop.Cancel(); // CancelAsync would do it on a thread of its own.
        Assert.Equal(ReaderExit.Stopped, await running);
    }

    private void PutNumbers(int first, int count)
    {
        foreach (var number in Numbers(first, count))
        {
            _world.Shard.Put(number);
        }
    }

    private static string[] Numbers(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture))];

    private static byte[] Aggregate(string[] data)
    {
        var message = new AggregateReaderProtobuf().Text(1, "key");
        foreach (var item in data)
        {
            message.Message(3, AggregateReaderProtobuf.Record(0, item));
        }

        return message.ToAggregate();
    }
}
