using System.Text;
using CsCheck;
using DataProcessor.Grains.Producing;
using Xunit;

namespace DataProcessor.Unit.Producing;

/// <summary>Many clients, a service that fails in every way, a split, a drain: the invariants of architecture.md hold.</summary>
public sealed class ShardProducerChaosTests
{
    [Fact]
    public void No_acknowledged_record_is_lost_and_none_is_out_of_order_whatever_fails()
    {
        var (faults, outcomes, lostAnswers) = (0, new HashSet<PutOutcome>(), 0);
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[0, 60], Gen.Bool, Gen.Bool, Gen.Bool).Sample(
            (seed, percent, losesAnswers, splits, announces) => Simulation.Run(
                async simulation =>
                {
                    await using var fixture = new ProducerFixture(simulation, new() { AggregationMaxSize = 2000, RecordTtl = TimeSpan.FromSeconds(5) });
                    fixture.Shards.LosesAnswers = losesAnswers;
                    fixture.Shards.Script = (_, _) =>
                    {
                        if (simulation.Random.Next(100) >= percent)
                        {
                            return null;
                        }

                        faults++;
                        return simulation.Random.Next(10) switch
                        {
                            < 3 => SimulatedShards.Throttle(),
                            < 6 => new(SendResult.Failed, null, default, "LimitExceededException", "Busy."),
                            < 7 => SendOutcome.NotSent("SenderFull", "Full."),
                            < 8 => new(SendResult.Rejected, null, default, "AccessDeniedException", "No."),
                            _ => Lose(),
                        };
                    };

                    var clients = Enumerable.Range(0, 8).Select(client => ClientAsync(fixture, client)).ToArray();
                    await simulation.PassAsync(300);
                    if (splits && announces)
                    {
                        fixture.Producer.SplitLanes(ProducerFixture.Half);
                    }

                    await simulation.PassAsync(300);
                    if (splits)
                    {
                        fixture.Split();
                    }

                    await simulation.PassAsync(2000);
                    await fixture.Producer.DrainAsync();
                    var settled = (await Task.WhenAll(clients)).SelectMany(client => client).ToList();

                    outcomes.UnionWith(settled.Select(record => record.Run.Outcome));
                    AssertInvariants(fixture, settled, losesAnswers);
                    Assert.Equal(0, fixture.Producer.BufferedBytes);
                    Assert.Equal(0, fixture.Producer.Inversions);
                },
                seed),
            iter: 60,
            threads: 1);

        Assert.True(faults > 0);
        Assert.True(lostAnswers > 0);
        Assert.Equal(Enum.GetValues<PutOutcome>().ToHashSet(), outcomes);

        SendOutcome Lose()
        {
            lostAnswers++;
            return SendOutcome.Unknown("NoAnswer", "Reset.");
        }
    }

    /// <summary>Puts one request after the other, each with several records of the client's own keys.</summary>
    private static async Task<List<Settled>> ClientAsync(ProducerFixture fixture, int client)
    {
        var random = fixture.Simulation.Random;
        List<Settled> settled = [];
        for (var number = 0; number < 60;)
        {
            var records = Enumerable.Range(0, random.Next(1, 6))
                .Select(_ => TestRecord.Of($"client {client} key {random.Next(3)}", $"{client}/{number++:D4}/{new string('x', random.Next(500))}"))
                .ToArray();
            var timeToLive = TimeSpan.FromMilliseconds(random.Next(1, 6000));
            var response = await fixture.SettleAsync(Puts.Of(timeToLive, records));
            if (response.Status != PutStatus.Settled)
            {
                Assert.Equal(PutStatus.Moved, response.Status);
                break;
            }

            Assert.Equal(records.Length, response.Runs.Sum(run => run.Count));
            foreach (var run in response.Runs)
            {
                settled.AddRange(records.Skip(run.First).Take(run.Count).Select((record, i) => new Settled(record, run, run.SubSequenceNumber + i)));
            }

            await fixture.Simulation.PassAsync(random.Next(50));
        }

        return settled;
    }

    private static void AssertInvariants(ProducerFixture fixture, List<Settled> settled, bool losesAnswers)
    {
        var stored = fixture.Shards.Stored.ToDictionary(record => record.SequenceNumber);
        var written = fixture.Shards.Stored.SelectMany(record => record.UserRecords).Select(record => Encoding.UTF8.GetString(record.Data)).ToLookup(data => data);
        foreach (var (record, run, subSequenceNumber) in settled)
        {
            var data = Encoding.UTF8.GetString(record.Data);
            switch (run.Outcome)
            {
                case PutOutcome.Stored:
                    // Where the answer says, and on the shard that owns the key.
                    var place = stored[run.SequenceNumber];
                    Assert.Equal(run.ShardId, place.ShardId);
                    Assert.Equal(data, Encoding.UTF8.GetString(place.UserRecords[(int)subSequenceNumber].Data));
                    Assert.True(place.ShardId == ProducerFixture.ShardId ||
                        fixture.Shards.Shards.Single(shard => shard.Id == place.ShardId).Range.Contains(record.HashKey));
                    Assert.True(losesAnswers || run.Attempts == 1 || written[data].Any());
                    break;
                case PutOutcome.NotWritten:
                    Assert.Empty(written[data]);
                    break;
                case PutOutcome.Rejected or PutOutcome.Unknown or PutOutcome.Moved:
                    break;
            }

            // Only an unanswered attempt, or an aggregate that straddled a split, writes a record twice.
            Assert.True(losesAnswers || run.Outcome == PutOutcome.Moved || written[data].Count() <= 1);
        }

        // The first copies of a key's records are in the order of the puts.
        foreach (var key in settled.Where(record => record.Run.Outcome == PutOutcome.Stored).GroupBy(record => record.Record.PartitionKey))
        {
            var order = key.Select(record => record.Run.SequenceNumber).ToList();
            Assert.Equal(order.Order(), order);
        }

        Assert.True(fixture.Shards.MostOpen <= 2);
    }

    private sealed record Settled(TestRecord Record, PutRun Run, long SubSequenceNumber);
}
