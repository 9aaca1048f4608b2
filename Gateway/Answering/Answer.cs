using DataProcessor.Gateway.Reading;
using Microsoft.AspNetCore.Http;

namespace DataProcessor.Gateway.Answering;

/// <summary>The last stage: one answer for all the records of a request.</summary>
internal static class Answer
{
    public static IResult To(IncomingRecords records)
    {
        if (!records.IsBatch)
        {
            ref readonly var only = ref records.OutcomeOf(0);
            return only.IsStored ? new SingleAnswer(records) : new ProblemAnswer(only.Problem!);
        }

        var stored = 0;
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

        return common switch
        {
            null => new BatchAnswer(records, StatusCodes.Status200OK),
            _ when stored > 0 || !alikeStatus => new BatchAnswer(records, StatusCodes.Status207MultiStatus),
            _ => new ProblemAnswer(OfWholeBatch(common, alikeCode, records.Count), records),
        };
    }

    private static Problem OfWholeBatch(Problem common, bool alikeCode, int count) => alikeCode
        ? common with { Detail = $"All {count} records failed; the first: {common.Detail}" }
        : common with
        {
            Kind = ProblemKind.BatchFailed with { Status = common.Kind.Status },
            Detail = $"All {count} records failed, for several reasons: see failures.",
        };
}
