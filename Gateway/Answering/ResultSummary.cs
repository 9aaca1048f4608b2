using System.IO.Pipelines;
using DataProcessor.Gateway.Reading;

namespace DataProcessor.Gateway.Answering;

/// <summary>Counts of results, and the first failures by position.</summary>
internal sealed class ResultSummary
{
    /// <summary>Failures that are named; more are only counted. At some 300 bytes each an answer of 300 KB.</summary>
    public const int MostFailures = 1_000;

    private readonly List<(long Id, Problem Problem)> _failures = [];
    private long _failureCount;

    public long SuccessCount { get; private set; }

    /// <summary>Records that have no result yet.</summary>
    public long OpenCount { get; private set; }

    public static ResultSummary Of(IncomingRecords records)
    {
        var summary = new ResultSummary();
        summary.Add(records, 0, firstId: 0);
        return summary;
    }

    /// <summary>Adds the results of the records from <paramref name="next"/> on.</summary>
    public void Add(IncomingRecords records, int next, long firstId)
    {
        for (; next < records.Count; next++)
        {
            ref readonly var outcome = ref records.OutcomeOf(next);
            if (outcome.Problem is { } problem)
            {
                AddFailure(firstId + next, problem);
            }
            else if (outcome.IsStored)
            {
                SuccessCount++;
            }
            else
            {
                OpenCount++;
            }
        }
    }

    /// <summary>
    /// <c>{"successCount":0,"failureCount":0,"failures":[{id, errorCode, message, status}]}</c>; of records that were only
    /// accepted, <c>acceptedCount</c> in place of the first.
    /// </summary>
    /// <param name="body">Takes the text.</param>
    /// <param name="end">Why records after those counted are missing; null when there are none.</param>
    public void Write(PipeWriter body, Problem? end = null)
    {
        var text = new ResultText(body);
        text.Write(OpenCount > 0 ? "{\"acceptedCount\":"u8 : "{\"successCount\":"u8);
        text.Write(OpenCount > 0 ? OpenCount : SuccessCount);
        text.Write(",\"failureCount\":"u8);
        text.Write(_failureCount);
        text.Write(",\"failures\":["u8);
        for (var i = 0; i < _failures.Count; i++)
        {
            text.Write(i == 0 ? ""u8 : ","u8);
            text.WriteResult(_failures[i].Id, new(null, 0, _failures[i].Problem));
        }

        text.Write("]"u8);
        if (end is not null)
        {
            text.Write(","u8);
            text.WriteError(end);
        }

        text.Write("}"u8);
        text.Complete();
    }

    private void AddFailure(long id, Problem problem)
    {
        _failureCount++;
        if (_failures.Count < MostFailures)
        {
            _failures.Add((id, problem));
        }
    }
}
