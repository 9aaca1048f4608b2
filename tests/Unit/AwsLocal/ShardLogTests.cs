using System.Text;
using CsCheck;
using DataProcessor.Aws.Local.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DataProcessor.Unit.AwsLocal;

public sealed class ShardLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StorageQuota _quota = new(long.MaxValue);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_tail_torn_at_any_byte_is_cut_and_all_before_it_kept()
    {
        var ends = await WriteAsync("whole", [10, 0, 200, 3]);
        var bytes = await File.ReadAllBytesAsync(SegmentOf("whole"), TestContext.Current.CancellationToken);
        for (var length = 0; length <= bytes.Length; length++)
        {
            WriteSegment("torn", bytes[..length]);

            using (var log = Open("torn", out var gate))
            {
                Assert.Equal(ends.Count(end => end <= length), log.CommittedCounter);
                Assert.Equal(log.CommittedCounter + 1, await AppendAsync(log, gate, "after"));
            }

            using var again = Open("torn", out _);
            Assert.Equal(ends.Count(end => end <= length) + 1, again.CommittedCounter);
        }
    }

    [Fact]
    public async Task A_changed_byte_anywhere_stops_the_start_and_changes_nothing()
    {
        await WriteAsync("whole", [10, 0, 200, 3]);
        var bytes = await File.ReadAllBytesAsync(SegmentOf("whole"), TestContext.Current.CancellationToken);

        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte[1, 255]).Sample(
            (position, change) =>
            {
                var damaged = bytes.ToArray();
                damaged[position] ^= change;
                WriteSegment("damaged", damaged);
                Assert.Throws<InvalidDataException>(() => Open("damaged", out _));
                Assert.Equal(damaged, File.ReadAllBytes(SegmentOf("damaged")));
            },
            iter: 200,
            threads: 1);
    }

    [Fact]
    public async Task Zeros_behind_the_last_record_are_a_tail_too()
    {
        await WriteAsync("whole", [10, 20]);
        var bytes = await File.ReadAllBytesAsync(SegmentOf("whole"), TestContext.Current.CancellationToken);
        WriteSegment("zeros", [.. bytes, .. new byte[5000]]);

        using var log = Open("zeros", out _);

        Assert.Equal(2, log.CommittedCounter);
        Assert.Equal(bytes.Length, new FileInfo(SegmentOf("zeros")).Length);
    }

    [Fact]
    public async Task One_write_commits_all_requests_of_a_batch_and_the_followers_wait_for_it()
    {
        using var log = Open("log", out var gate);
        var (leader, follower) = (Append(log, gate, "a"), Append(log, gate, "b"));
        Assert.True(leader.Leads);
        Assert.False(follower.Leads);
        Assert.Same(leader.Batch, follower.Batch);

        var waiting = log.CommitAsync(follower).AsTask();
        Assert.False(waiting.IsCompleted);
        Assert.Equal(0, log.CommittedCounter);
        await log.CommitAsync(leader);
        await waiting;

        using var read = log.Read(0, 10, long.MaxValue, 0);
        Assert.Equal(["a", "b"], read.Records.Select(record => Encoding.UTF8.GetString(record.Data.Span)));
    }

    [Fact]
    public async Task Records_of_any_size_are_found_by_counter_and_time_across_segments()
    {
        var sizesAndTimes = Enumerable.Range(0, 120).Select(i => (Size: i % 10 == 0 ? 100_000 : i * 7, Time: i * 100_000L)).ToArray();
        using var hourly = Open("hourly", out var gate);
        foreach (var (size, time) in sizesAndTimes)
        {
            await AppendAsync(hourly, gate, new string('x', size), time);
        }

        Assert.True(Directory.GetFiles(_folder.Sub("hourly")).Length > 2);
        for (var i = 0; i < sizesAndTimes.Length; i++)
        {
            using var byCounter = hourly.Read(i + 1, 1, long.MaxValue, 0);
            using var byTime = hourly.Read(0, 1, long.MaxValue, sizesAndTimes[i].Time);
            Assert.Equal((i + 1, sizesAndTimes[i].Size), (byCounter.Records[0].Counter, byCounter.Records[0].Data.Length));
            Assert.Equal(i + 1, byTime.Records[0].Counter);
            Assert.Equal(i + 1 < sizesAndTimes.Length ? sizesAndTimes[i + 1].Time : null, byTime.NextArrivalMs);
        }
    }

    private ShardLog Open(string name, out Lock gate)
    {
        gate = new Lock();
        return new ShardLog(gate, new SegmentStore(_folder.Sub(name), NullLogger.Instance), _quota, 0);
    }

    private string SegmentOf(string name) => Path.Combine(_folder.Sub(name), "000000000000000001.segment");

    private void WriteSegment(string name, byte[] bytes)
    {
        Directory.CreateDirectory(_folder.Sub(name));
        foreach (var old in Directory.GetFiles(_folder.Sub(name)))
        {
            File.Delete(old);
        }

        File.WriteAllBytes(SegmentOf(name), bytes);
    }

    /// <returns>Where each record ends in the file.</returns>
    private async Task<List<long>> WriteAsync(string name, int[] sizes)
    {
        var ends = new List<long>();
        using var log = Open(name, out var gate);
        foreach (var size in sizes)
        {
            await AppendAsync(log, gate, new string('x', size));
            ends.Add(new FileInfo(SegmentOf(name)).Length);
        }

        return ends;
    }

    private static CommitTicket Append(ShardLog log, Lock gate, string data, long arrivalMs = 1)
    {
        lock (gate)
        {
            Assert.True(log.TryAppend("key"u8, Encoding.UTF8.GetBytes(data), arrivalMs, out _, out _));
            return log.TakeTicket();
        }
    }

    private static async Task<long> AppendAsync(ShardLog log, Lock gate, string data, long arrivalMs = 1)
    {
        await log.CommitAsync(Append(log, gate, data, arrivalMs));
        return log.CommittedCounter;
    }
}
