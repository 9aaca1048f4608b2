using DataProcessor.Gateway.Reading;
using Microsoft.AspNetCore.Http;

namespace DataProcessor.Gateway.Answering;

/// <summary>The last stage: one answer for all the records of a request that was read whole.</summary>
internal static class Answer
{
    public static IResult To(IncomingRecords records, RequestTerms terms)
    {
        if (!records.IsBatch)
        {
            ref readonly var only = ref records.OutcomeOf(0);
            return only.IsStored ? new SingleAnswer(records) : new ProblemAnswer(only.Problem!);
        }

        if (CommonProblemOf(records, out var stored) is { } common)
        {
            return new ProblemAnswer(common, records);
        }

        var isLines = terms.Format == BodyFormat.Lines;
        var status = isLines || stored == records.Count ? StatusCodes.Status200OK : StatusCodes.Status207MultiStatus;
        return terms.IsMinimal ? new SummaryAnswer(ResultSummary.Of(records), status, SummaryAnswer.Minimal)
            : isLines ? new LinesAnswer(records)
            : new BatchAnswer(records, status);
    }

    /// <summary>The answer to a batch of which every record failed with the same status; null for any other.</summary>
    public static Problem? CommonProblemOf(IncomingRecords records, out int stored)
    {
        stored = 0;
        Problem? common = null;
        var (alikeStatus, alikeCode) = (true, true);
        for (var i = 0; i < records.Count; i++)
        {
            if (records.OutcomeOf(i).Problem is not { } problem)
            {
                stored++;
                continue;
            }

            common ??= problem;
            alikeStatus &= problem.Kind.Status == common.Kind.Status;
            alikeCode &= problem.Kind == common.Kind;
        }

        return common is null || stored > 0 || !alikeStatus ? null : OfWholeBatch(common, alikeCode, records.Count);
    }

    private static Problem OfWholeBatch(Problem common, bool alikeCode, int count) => alikeCode
        ? common with { Detail = $"All {count} records failed; the first: {common.Detail}" }
        : common with
        {
            Kind = ProblemKind.BatchFailed with { Status = common.Kind.Status },
            Detail = $"All {count} records failed, for several reasons: see failures.",
        };
}
