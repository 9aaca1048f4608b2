using System.Diagnostics;
using DataProcessor.Load.Protocol;
using HdrHistogram;

namespace DataProcessor.Load.Generator;

/// <summary>Counts what becomes of a phase's requests. For all connections.</summary>
internal sealed class PhaseMeter
{
    private readonly Lock _gate = new();
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly LongHistogram _latency = Percentiles.NewHistogram();
    private readonly LongHistogram _lateness = Percentiles.NewHistogram();
    private long _requests;
    private long _acknowledged;
    private long _checksum;
    private long _refused;
    private long _partial;
    private long _failed;
    private string? _firstFailure;

    public void OnAnswer(long dueAt, long sentAt, in Request request, in Answer answer)
    {
        var now = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            CountSent(dueAt, sentAt);
            switch (answer.Status)
            {
                case 200:
                    _acknowledged += request.Records;
                    _checksum += request.Checksum;
                    Percentiles.Record(_latency, Stopwatch.GetElapsedTime(dueAt, now));
                    break;
                case 429:
                    _refused++;
                    break;
                case 207:
                    _partial++;
                    _acknowledged += request.Records - answer.FailedRecords;
                    _firstFailure ??= $"207: {answer.Problem}";
                    break;
                default:
                    _failed++;
                    _firstFailure ??= $"{answer.Status}: {answer.Problem}";
                    break;
            }
        }
    }

    public void OnUnanswered(long dueAt, long sentAt, Exception failure)
    {
        lock (_gate)
        {
            CountSent(dueAt, sentAt);
            _failed++;
            _firstFailure ??= failure.Message;
        }
    }

    public PhaseResult Conclude()
    {
        lock (_gate)
        {
            return new(
                Stopwatch.GetElapsedTime(_began).TotalSeconds,
                _requests,
                _acknowledged,
                _checksum,
                _refused,
                _partial,
                _failed,
                _firstFailure,
                Percentiles.Of(_latency),
                Percentiles.Of(_lateness));
        }
    }

    private void CountSent(long dueAt, long sentAt)
    {
        _requests++;
        Percentiles.Record(_lateness, Stopwatch.GetElapsedTime(dueAt, sentAt));
    }
}
