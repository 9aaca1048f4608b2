using System.Globalization;
using DataProcessor.Load.Host;
using DataProcessor.Load.Processes;
using DataProcessor.Load.Protocol;
using Xunit;

namespace DataProcessor.Chaos.Harness;

/// <summary>The load harness' checks let pass what is right and catch what is planted.</summary>
public sealed class EvidenceTests
{
    private const int Size = 100;

    /// <summary>Ten records of each of three keys, and ten that have no order.</summary>
    private static readonly NumberedPayload[] Acknowledged =
    [
        .. from number in Enumerable.Range(0, 10)
           from key in new[] { 0u, 1u, 2u, NumberedPayload.Unordered }
           select new NumberedPayload(key, number, SentAt: 1),
    ];

    [Fact]
    public void Records_that_are_all_there_whole_and_in_order_pass() =>
        Assert.Null(ProblemOf(Acknowledged.Select(Bytes)));

    [Fact]
    public void Records_without_an_order_may_come_in_any() =>
        Assert.Null(ProblemOf(Acknowledged.OrderBy(payload => payload.Key == NumberedPayload.Unordered ? -payload.Number : 0).Select(Bytes)));

    [Fact]
    public void A_lost_record_is_caught() => Assert.Contains("1 acknowledged records were not processed", ProblemOf(Acknowledged.Skip(1).Select(Bytes)), StringComparison.Ordinal);

    [Fact]
    public void A_record_that_comes_twice_is_caught() =>
        Assert.Contains("processed twice", ProblemOf([.. Acknowledged.Select(Bytes), Bytes(Acknowledged[3])]), StringComparison.Ordinal);

    [Fact]
    public void A_record_in_place_of_another_is_caught() =>
        Assert.Contains("other records", ProblemOf([.. Acknowledged.Skip(1).Select(Bytes), Bytes(Acknowledged[7])]), StringComparison.Ordinal);

    [Fact]
    public void A_record_out_of_its_keys_order_is_caught() =>
        Assert.Contains("1 records came out of their key's order", ProblemOf([.. Acknowledged.Skip(1).Select(Bytes), Bytes(Acknowledged[0])]), StringComparison.Ordinal);

    [Fact]
    public void A_damaged_record_is_caught()
    {
        byte[][] records = [.. Acknowledged.Select(Bytes)];
        records[5][Size / 2] ^= 1;
        Assert.Contains("1 records were damaged", ProblemOf(records), StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_that_failed_is_told() =>
        Assert.Contains("2 requests failed (503: why)", ProblemOf(Acknowledged.Select(Bytes), failed: 2), StringComparison.Ordinal);

    [Fact]
    public void What_a_process_used_is_read_from_proc()
    {
        var usage = ProcessUsage.Read(Environment.ProcessId);

        Assert.InRange(usage.CpuSeconds, 0.01, 3600);
        Assert.InRange(usage.ResidentBytes, 10_000_000, 100_000_000_000);
    }

    [Fact]
    public void A_payload_says_what_was_written()
    {
        var payload = new NumberedPayload(Key: 4_000_000_000, Number: (1L << 48) - 1, SentAt: long.MaxValue);

        Assert.True(NumberedPayload.TryRead(Bytes(payload), out var read), string.Create(CultureInfo.InvariantCulture, $"{payload}"));
        Assert.Equal(payload, read);
    }

    private static byte[] Bytes(NumberedPayload payload)
    {
        var data = new byte[Size];
        NumberedPayload.Fill(data);
        payload.WriteTo(data);
        return data;
    }

    private static string? ProblemOf(IEnumerable<byte[]> processed, long failed = 0)
    {
        var tally = new Tally();
        var check = new BatchCheck(tally);
        foreach (var data in processed)
        {
            check.Add(data);
        }

        check.Conclude();
        var evidence = new Evidence();
        var checksum = Acknowledged.Aggregate(0L, (sum, payload) => sum + payload.Checksum);
        var none = new Percentiles(0, 0, 0, 0);
        evidence.Add(new(1, 1, Acknowledged.Length, checksum, Refused: 0, Partial: 0, failed, failed > 0 ? "503: why" : null, none, none));
        return evidence.ProblemOf([tally.Report(reset: false)]);
    }
}
