using DataProcessor.Aws.Local;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DataProcessor.Unit.AwsLocal;

public sealed class FaultTests
{
    private static readonly LocalKinesisFaults Faults = new(7)
    {
        ThrottleRecord = 0.2, ThrottleCall = 0.1, FailBefore = 0.1, ResetBefore = 0.1, ResetAfter = 0.1,
        Operations = new HashSet<string> { "PutRecord" },
    };

    [Fact]
    public async Task Every_kind_of_fault_happens_is_counted_and_does_what_it_says()
    {
        await using var kinesis = await LocalKinesis.StartAsync(LocalKinesis.Unlimited());
        kinesis.Server.SetFaults(Faults);
        var seen = await RunAsync(kinesis);
        kinesis.Server.SetFaults(null);
        var stored = (await kinesis.ReadAllAsync("shardId-000000000000")).Count;

        var counters = kinesis.Server.Counters;
        Assert.All(
            [counters.InjectedRecordThrottles, counters.InjectedCallThrottles, counters.InjectedFailures, counters.InjectedResetsBefore, counters.InjectedResetsAfter],
            count => Assert.InRange(count, 1, 200));
        Assert.Equal(seen.Count(outcome => outcome == "stored") + counters.InjectedResetsAfter, stored);
        Assert.Equal(counters.InjectedResetsBefore + counters.InjectedResetsAfter, seen.Count(outcome => outcome == "reset"));
        Assert.Equal(counters.InjectedFailures, seen.Count(outcome => outcome == "InternalFailure"));
        Assert.Equal(
            counters.InjectedCallThrottles + counters.InjectedRecordThrottles,
            seen.Count(outcome => outcome == "ProvisionedThroughputExceededException"));
    }

    [Fact]
    public async Task The_same_seed_makes_the_same_faults()
    {
        await using var first = await LocalKinesis.StartAsync(LocalKinesis.Unlimited());
        await using var second = await LocalKinesis.StartAsync(LocalKinesis.Unlimited());
        first.Server.SetFaults(Faults);
        second.Server.SetFaults(Faults);

        Assert.Equal(await RunAsync(first), await RunAsync(second));
    }

    [Fact]
    public async Task A_delay_is_waited_for_on_the_given_clock()
    {
        var time = new FakeTimeProvider();
        var options = LocalKinesis.Unlimited();
        options.Faults = new LocalKinesisFaults(1) { Delay = 1, MaxDelay = TimeSpan.FromSeconds(10) };
        await using var kinesis = await LocalKinesis.StartAsync(options, time);

        var call = kinesis.PutAsync("k", [1]);
        Assert.False(call.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(10));
        await call;

        Assert.Equal(1, kinesis.Server.Counters.InjectedDelays);
    }

    [Fact]
    public async Task A_reset_breaks_a_real_connection()
    {
        var options = LocalKinesis.Unlimited();
        options.Port = 0;
        options.Faults = new LocalKinesisFaults(1) { ResetAfter = 1, Operations = new HashSet<string> { "PutRecord" } };
        await using var kinesis = await LocalKinesis.StartAsync(options);
        using var client = new HttpClient { BaseAddress = kinesis.Server.Endpoint };

        await Assert.ThrowsAsync<HttpRequestException>(
            () => SocketCalls.JsonAsync(client, "PutRecord", new { StreamName = "s", PartitionKey = "k", Data = "" }));

        Assert.Equal((1, 1), (kinesis.Server.Counters.InjectedResetsAfter, kinesis.Server.Counters.RecordsStored));
    }

    private static async Task<List<string>> RunAsync(LocalKinesis kinesis)
    {
        var outcomes = new List<string>();
        for (var i = 0; i < 200; i++)
        {
            try
            {
                await kinesis.PutAsync("k", []);
                outcomes.Add("stored");
            }
            catch (AnswerException e)
            {
                outcomes.Add(e.Code);
            }
            catch (HttpRequestException)
            {
                outcomes.Add("reset");
            }
        }

        return outcomes;
    }
}
