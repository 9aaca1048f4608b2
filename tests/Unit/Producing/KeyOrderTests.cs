using System.Diagnostics.Metrics;
using DataProcessor.Aws.Local;
using DataProcessor.Grains.Producing;
using DataProcessor.Unit.Aggregation;
using Xunit;

namespace DataProcessor.Unit.Producing;

/// <summary>
/// Numbered records of many keys through throttles, failures, lost answers, late landings and inversions, while shards
/// are split and merged, announced or not, and producers move.
/// </summary>
public sealed class KeyOrderTests
{
    private const int Clients = 12;
    private const int RecordsAClient = 150;

    [Theory]
    [InlineData(Ordering.Arrival, true)]
    [InlineData(Ordering.Arrival, false)]
    [InlineData(Ordering.Strict, true)]
    [InlineData(Ordering.Strict, false)]
    public void Every_key_keeps_its_order_and_every_duplicate_has_its_reason(Ordering ordering, bool announced)
    {
        List<LocalKinesisCounters> counters = [];
        for (var seed = 1; seed <= 3; seed++)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
            Simulation.Run(async simulation => counters.Add(await RunAsync(simulation, ordering, announced, seed)), seed);
        }

        Assert.True(counters.Sum(of => of.InjectedRecordThrottles) > 0 && counters.Sum(of => of.InjectedCallThrottles) > 0);
        Assert.True(counters.Sum(of => of.InjectedFailures) > 0 && counters.Sum(of => of.InjectedLateLandings) > 0);
        Assert.True(counters.Sum(of => of.InjectedResetsBefore) > 0 && counters.Sum(of => of.InjectedResetsAfter) > 0);
    }

    [Theory]
    [InlineData(Bug.ForgetsARecord, "lost")]
    [InlineData(Bug.WritesTwice, "attempts had no answer")]
    [InlineData(Bug.CallsAStoredRecordRefused, "attempts had no answer")]
    public void The_checker_finds_a_planted_bug(Bug bug, string finding) => Simulation.Run(async simulation =>
    {
        await using var silo = await EmbeddedSilo.StartAsync(simulation, new(), shards: 1);
        var checker = new KeyOrderChecker();
        Watch(silo.Silo, checker, Planted(bug, silo.Silo.SendRecord));

        await Task.WhenAll(Enumerable.Range(0, 3).Select(client => ClientAsync(silo, checker, client, records: 40)));

        Assert.Contains(checker.Check(await silo.ReadAsync(), inversions: 0), wrong => wrong.Contains(finding, StringComparison.Ordinal));
    });

    [Fact]
    public void The_checker_finds_an_inversion_that_nobody_counted()
    {
        var checker = new KeyOrderChecker();
        List<ReadRecord> read = [Read("a/1/", "10"), Read("a/0/", "11"), Read("b/0/", "12")];
        Assert.Contains("1 Kinesis records are out of order", Assert.Single(checker.Check(read, inversions: 0)), StringComparison.Ordinal);
        Assert.Empty(checker.Check(read, inversions: 1));

        static ReadRecord Read(string data, string number) => new(data, "shard", new(new(number), 0));
    }

    private static async Task<LocalKinesisCounters> RunAsync(Simulation simulation, Ordering ordering, bool announced, int seed)
    {
        var faults = new LocalKinesisFaults(seed)
        {
            ThrottleRecord = 0.04,
            ThrottleCall = 0.02,
            FailBefore = 0.02,
            ResetBefore = 0.02,
            ResetAfter = 0.03,
            LandLate = 0.01,
            Delay = 0.5,
            InvertPuts = 0.08,
            Operations = new HashSet<string> { "PutRecords", "PutRecord" },
        };
        await using var silo = await EmbeddedSilo.StartAsync(
            simulation, new() { Faults = faults }, shards: 2, new() { Ordering = ordering, AggregationMaxSize = 4000 });
        var checker = new KeyOrderChecker();
        var unanswered = 0L;
        using var counted = new MeterListener();
        counted.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "dataprocessor.producer.unanswered" && instrument.Meter.Scope == silo.Silo.Meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        counted.SetMeasurementEventCallback<long>((_, value, _, _) => unanswered += value);
        counted.Start();
        var seen = Watch(silo.Silo, checker, silo.Silo.SendRecord);

        var clients = Enumerable.Range(0, Clients).Select(client => ClientAsync(silo, checker, client, RecordsAClient)).ToArray();
        await ReshapeAsync(simulation, silo, announced);
        await Task.WhenAll(clients);

        // What lands late has landed, and what an inversion held back is to be seen.
        await simulation.PassAsync(2000);
        var wrong = checker.Check(await silo.ReadAsync(), silo.Silo.Inversions);
        var counters = silo.Server.Counters;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{checker.Acknowledged} records in {simulation.Elapsed.TotalSeconds:F1} s, {checker.Duplicates} twice, {seen()} unanswered attempts, "
            + $"{silo.Silo.Inversions} inversions counted, {checker.OutOfOrder} Kinesis records out of order; injected "
            + $"{counters.InjectedRecordThrottles} + {counters.InjectedCallThrottles} throttles, {counters.InjectedFailures} failures, "
            + $"{counters.InjectedResetsBefore} + {counters.InjectedResetsAfter} resets, {counters.InjectedLateLandings} late, {counters.InjectedInversions} inversions");
        Assert.Empty(wrong);
        Assert.Equal(Clients * RecordsAClient, checker.Acknowledged);
        Assert.Equal(seen(), unanswered);
        Assert.Equal(ordering == Ordering.Arrival, silo.Silo.Inversions > 0);
        Assert.True(checker.OutOfOrder == 0 || ordering == Ordering.Arrival);
        return counters;
    }

    /// <summary>Splits, moves and merges while the clients put.</summary>
    private static async Task ReshapeAsync(Simulation simulation, EmbeddedSilo silo, bool announced)
    {
        await simulation.PassAsync(500);
        await silo.SplitAsync(silo.Silo.Map.Open[0], announced);
        await simulation.PassAsync(500);
        await silo.RefreshAsync();
        await silo.Silo.MoveAsync(silo.Silo.Map.Open[^1].Id);
        await simulation.PassAsync(500);
        await silo.MergeAsync(silo.Silo.Map.Open[0], silo.Silo.Map.Open[1], announced);
        await simulation.PassAsync(500);
        await silo.RefreshAsync();
        await silo.SplitAsync(silo.Silo.Map.Open[^1], announced);
    }

    /// <summary>Puts a few records at a time, the next when these are acknowledged, to wherever the map says.</summary>
    private static async Task ClientAsync(EmbeddedSilo silo, KeyOrderChecker checker, int client, int records)
    {
        var random = silo.Silo.Simulation.Random;
        var numbers = new int[4];
        for (var left = records; left > 0;)
        {
            var batch = Enumerable.Range(0, Math.Min(left, random.Next(1, 6)))
                .Select(_ => random.Next(numbers.Length))
                .Select(key => new NumberedRecord($"{client}-{key}", numbers[key]++))
                .ToArray();
            left -= batch.Length;
            await Task.WhenAll(batch
                .GroupBy(record => record.Key)
                .Select(key => PutAsync(silo, checker, [.. key])));
            await silo.Silo.Simulation.PassAsync(random.Next(20));
        }
    }

    private static async Task PutAsync(EmbeddedSilo silo, KeyOrderChecker checker, NumberedRecord[] records)
    {
        while (records.Length > 0)
        {
            var map = silo.Silo.Map;
            var request = Puts.Of([.. records.Select(record => record.ToRecord(padding: 100))]) with { MapVersion = map.Version };
            var response = await silo.Silo.PutAsync(map.Open[map.IndexOf(HashKey.FromPartitionKey(records[0].Key))].Id, request);
            List<NumberedRecord> moved = [.. response.Status == PutStatus.Moved ? records : []];
            foreach (var run in response.Runs)
            {
                var named = records.AsSpan(run.First, run.Count);
                Assert.True(run.Outcome is PutOutcome.Stored or PutOutcome.Moved, $"{run}");
                for (var i = 0; i < named.Length; i++)
                {
                    if (run.Outcome == PutOutcome.Moved)
                    {
                        moved.Add(named[i]);
                        continue;
                    }

                    var place = new StreamPosition(run.SequenceNumber, run.SubSequenceNumber + i);
                    checker.OnAcknowledged(named[i], new($"{named[i].Key}/{named[i].Number}/{new string('.', 100)}", run.ShardId!, place));
                }
            }

            records = [.. moved];
            if (records.Length > 0)
            {
                await silo.RefreshAsync();
                await silo.Silo.Simulation.PassAsync(50);
            }
        }
    }

    /// <summary>Tells the checker of each attempt without an answer; returns how many there were.</summary>
    private static Func<long> Watch(SimulatedSilo silo, KeyOrderChecker checker, SendRecord send)
    {
        var unanswered = 0L;
        silo.SendRecord = async (record, cancellationToken) =>
        {
            var data = record.Entry.Data.ToArray();
            var outcome = await send(record, cancellationToken);
            if (outcome.Result == SendResult.Unknown)
            {
                unanswered++;
                UserRecords(data).ForEach(checker.OnUnanswered);
            }

            return outcome;
        };
        return () => unanswered;
    }

    private static List<NumberedRecord> UserRecords(byte[] data) => data.AsSpan().StartsWith<byte>([0xF3, 0x89, 0x9A, 0xC2])
        ? [.. AggregateWriterReference.Parse(data).Select(user => NumberedRecord.Parse(System.Text.Encoding.UTF8.GetString(user.Data)))]
        : [NumberedRecord.Parse(System.Text.Encoding.UTF8.GetString(data))];

    private static SendRecord Planted(Bug bug, SendRecord send)
    {
        var attempts = 0;
        return async (record, cancellationToken) =>
        {
            var isTheOne = ++attempts == 5;
            switch (bug)
            {
                case Bug.ForgetsARecord when isTheOne:
                    return SendOutcome.Stored("shardId-000000000000", "49590338271490256608559692538361571095921575989136588898");
                case Bug.WritesTwice when isTheOne:
                    await send(record, cancellationToken);
                    return await send(record, cancellationToken);
                case Bug.CallsAStoredRecordRefused when isTheOne:
                    await send(record, cancellationToken);
                    return SimulatedShards.Throttle();
                default:
                    return await send(record, cancellationToken);
            }
        };
    }

    public enum Bug
    {
        ForgetsARecord,
        WritesTwice,
        CallsAStoredRecordRefused,
    }
}
