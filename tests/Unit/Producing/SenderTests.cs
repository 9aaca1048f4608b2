using System.Diagnostics.Metrics;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Grains.Producing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DataProcessor.Unit.Producing;

public sealed class SenderTests
{
    private readonly List<string[]> _calls = [];
    private TimeSpan _latency = TimeSpan.FromMilliseconds(20);
    private int _open;
    private int _mostOpen;

    [Fact]
    public void Each_call_takes_along_what_is_ready_and_a_few_are_on_their_way() => Simulation.Run(async simulation =>
    {
        await using var sender = SenderOf(simulation, Store, new() { MaxConnections = 3 });
        var sends = Enumerable.Range(0, 100).Select(i => sender.SendAsync(Record(simulation, $"{i}"), default).AsTask()).ToArray();
        await simulation.PassAsync(5);
        sends = [.. sends, .. Enumerable.Range(100, 100).Select(i => sender.SendAsync(Record(simulation, $"{i}"), default).AsTask())];

        var outcomes = await Simulation.AllAsync(sends);

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"seq-{i}"), outcomes.Select(outcome => outcome.SequenceNumber.Value));
        Assert.InRange(_calls.Count, 2, 4);
        Assert.Equal(200, _calls.Sum(call => call.Length));
    });

    [Fact]
    public void Calls_keep_to_the_limits_of_the_service_and_of_the_options() => Simulation.Run(async simulation =>
    {
        await using var sender = SenderOf(simulation, Store, new() { MaxConnections = 2, CollectionMaxSize = 10_000 });
        var small = Enumerable.Range(0, 1500).Select(i => sender.SendAsync(Record(simulation, $"{i}", 1), default).AsTask());
        var large = Enumerable.Range(0, 50).Select(i => sender.SendAsync(Record(simulation, $"{i}", i == 25 ? 50_000 : 3000), default).AsTask());

        await Simulation.AllAsync(small.Concat(large));

        Assert.All(_calls, call => Assert.InRange(call.Length, 1, 500));
        Assert.Contains(_calls, call => call.Length == 500);
        Assert.Contains(_calls, call => call.Length == 3);
        Assert.Single(Assert.Single(_calls, call => call.Contains("25") && call.Length < 3));
        Assert.Equal(2, _mostOpen);
    });

    [Fact]
    public void Every_record_gets_its_own_outcome() => Simulation.Run(async simulation =>
    {
        PutRecordsResultEntry[] results =
        [
            new("s", "1", null, null),
            new(null, null, "ProvisionedThroughputExceededException", "slow down"),
            new(null, null, "InternalFailure", "oops"),
            new(null, null, "KMSAccessDeniedException", "no"),
            new(null, null, "KMSThrottlingException", "later"),
        ];
        await using var sender = SenderOf(simulation, _ => results, new() { MaxConnections = 1 });

        var outcomes = await Simulation.AllAsync(Enumerable.Range(0, 6).Select(i => sender.SendAsync(Record(simulation, $"{i}"), default).AsTask()));

        // The sixth has no result: the answer was too short.
        Assert.Equal(
            [SendResult.Stored, SendResult.Throttled, SendResult.Unknown, SendResult.Rejected, SendResult.Failed, SendResult.Unknown],
            outcomes.Select(outcome => outcome.Result));
        Assert.Equal("slow down", outcomes[1].ErrorMessage);
        Assert.Single(_calls);
    });

    [Theory]
    [InlineData("ProvisionedThroughputExceededException", false, SendResult.Throttled)]
    [InlineData("InternalFailure", true, SendResult.Unknown)]
    [InlineData(KinesisException.NoAnswer, true, SendResult.Unknown)]
    [InlineData(KinesisException.NoAnswer, false, SendResult.Failed)]
    [InlineData("ExpiredTokenException", false, SendResult.Failed)]
    [InlineData("ResourceNotFoundException", false, SendResult.Rejected)]
    [InlineData("AccessDeniedException", false, SendResult.Rejected)]
    [InlineData("UnrecognizedClientException", false, SendResult.Rejected)]
    [InlineData("ValidationException", false, SendResult.Failed)]
    public void A_failed_call_is_the_outcome_of_each_of_its_records_and_is_not_repeated(string code, bool isUnknown, object result) =>
        Simulation.Run(async simulation =>
        {
            await using var sender = SenderOf(
                simulation, _ => throw new KinesisException(code, "Failed.", 400) { IsOutcomeUnknown = isUnknown }, new());

            var outcomes = await Simulation.AllAsync(
                [sender.SendAsync(Record(simulation, "a"), default).AsTask(), sender.SendAsync(Record(simulation, "b"), default).AsTask()]);

            Assert.Single(_calls);
            Assert.All(outcomes, outcome => Assert.Equal(((SendResult)result, code), (outcome.Result, outcome.ErrorCode)));
            Assert.All(outcomes, outcome => Assert.Equal(code == "ValidationException", outcome.MustGoAlone));
        });

    [Fact]
    public void An_unexpected_exception_strands_nobody_and_the_next_call_is_made() => Simulation.Run(async simulation =>
    {
        var isBroken = true;
        await using var sender = SenderOf(simulation, call => isBroken ? throw new InvalidOperationException("Bug.") : Store(call), new());

        Assert.Equal(SendResult.Unknown, (await sender.SendAsync(Record(simulation, "a"), default)).Result);
        isBroken = false;
        Assert.Equal(SendResult.Stored, (await sender.SendAsync(Record(simulation, "a"), default)).Result);
    });

    [Fact]
    public void A_record_that_must_go_alone_shares_no_call() => Simulation.Run(async simulation =>
    {
        await using var sender = SenderOf(simulation, Store, new() { MaxConnections = 1 });

        await Simulation.AllAsync(((string[])["a", "b", "alone", "c", "d"]).Select(
            key => sender.SendAsync(Record(simulation, key) with { GoesAlone = key == "alone" }, default).AsTask()));

        Assert.Equal([["a", "b"], ["alone"], ["c", "d"]], _calls);
    });

    [Fact]
    public void With_strict_ordering_each_record_is_a_call_that_names_the_one_before() => Simulation.Run(async simulation =>
    {
        List<(string Key, string? After)> calls = [];
        await using var sender = SenderOf(
            simulation, _ => throw new InvalidOperationException("A batch has no order."), new() { Ordering = Ordering.Strict, MaxConnections = 2 }, PutAsync);

        var outcomes = await Simulation.AllAsync(
        [
            sender.SendAsync(Record(simulation, "a"), default).AsTask(),
            sender.SendAsync(Record(simulation, "b") with { After = new("7") }, default).AsTask(),
            sender.SendAsync(Record(simulation, "refused"), default).AsTask(),
        ]);

        Assert.Equal([("a", null), ("b", "7"), ("refused", null)], calls);
        Assert.Equal([SendResult.Stored, SendResult.Stored, SendResult.Rejected], outcomes.Select(outcome => outcome.Result));

        async ValueTask<PutRecordResult> PutAsync(string streamName, PutRecordsEntry record, string? after, CancellationToken cancellationToken)
        {
            calls.Add((record.PartitionKey, after));
            await simulation.PassAsync(20);
            return record.PartitionKey == "refused"
                ? throw new KinesisException("AccessDeniedException", "Not yours.", 400)
                : new("shard", $"seq-{record.PartitionKey}");
        }
    });

    [Fact]
    public void What_is_past_its_deadline_or_cancelled_is_not_sent() => Simulation.Run(async simulation =>
    {
        _latency = TimeSpan.FromSeconds(2);
        await using var sender = SenderOf(simulation, Store, new() { MaxConnections = 1 });
        using var cancelled = new CancellationTokenSource();
        var first = sender.SendAsync(Record(simulation, "first"), default);
        await simulation.PassAsync(1);
        var late = sender.SendAsync(Record(simulation, "late") with { Deadline = simulation.Time.Monotonic() + TimeSpan.FromSeconds(1) }, default);
        var given = sender.SendAsync(Record(simulation, "given up"), cancelled.Token);
        await cancelled.CancelAsync();

        Assert.Equal(SendResult.Stored, (await first).Result);
        Assert.Equal(SendResult.NotSent, (await late).Result);
        Assert.Equal(SendResult.NotSent, (await given).Result);
        Assert.Equal([["first"]], _calls);
    });

    [Fact]
    public void The_queue_is_bounded_by_bytes_and_a_stopping_sender_sends_what_waits() => Simulation.Run(async simulation =>
    {
        var sender = SenderOf(simulation, Store, new() { MaxConnections = 1 });
        List<Task<SendOutcome>> sends = [];
        const int size = 1024 * 1024;
        for (var i = 0; i < 70; i++)
        {
            sends.Add(sender.SendAsync(Record(simulation, $"{i}", size), default).AsTask());
        }

        var refused = sends.Where(send => send.IsCompleted).ToArray();
        Assert.InRange(refused.Length, 5, 8);
        await sender.DisposeAsync();

        Assert.All(refused, send => Assert.Equal("SenderFull", send.Result.ErrorCode));
        Assert.Equal(70 - refused.Length, (await Simulation.AllAsync(sends)).Count(outcome => outcome.Result == SendResult.Stored));
        Assert.Equal(SendResult.NotSent, (await sender.SendAsync(Record(simulation, "late"), default)).Result);
    });

    private static KinesisSend Record(Simulation simulation, string key, int size = 100) => new(
        new(key, "0", new byte[Math.Max(0, size - key.Length)]), size, 1, simulation.Time.Monotonic() + TimeSpan.FromSeconds(30), GoesAlone: false);

    private static PutRecordsResultEntry[] Store(string[] keys) => [.. keys.Select(key => new PutRecordsResultEntry("shard", $"seq-{key}", null, null))];

    private Sender SenderOf(
        Simulation simulation, Func<string[], PutRecordsResultEntry[]> answer, ProducerOptions options, PutRecord? putInOrder = null)
    {
        var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        return new(
            "stream", PutAsync, putInOrder ?? PutOneAsync, options, simulation.Time, TaskScheduler.FromCurrentSynchronizationContext(),
            new(services.GetRequiredService<IMeterFactory>()), NullLogger<Sender>.Instance);

        async ValueTask<PutRecordsResultEntry[]> PutAsync(
            string streamName, ReadOnlyMemory<PutRecordsEntry> records, CancellationToken cancellationToken)
        {
            string[] keys = [.. records.ToArray().Select(record => record.PartitionKey)];
            _calls.Add(keys);
            _mostOpen = Math.Max(_mostOpen, ++_open);
            await simulation.PassAsync(_latency);
            _open--;
            return answer(keys);
        }

        static ValueTask<PutRecordResult> PutOneAsync(string streamName, PutRecordsEntry record, string? after, CancellationToken cancellationToken) =>
            throw new NotSupportedException("Only with strict ordering.");
    }
}
