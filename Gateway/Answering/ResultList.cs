using System.Buffers;
using System.IO.Pipelines;
using DataProcessor.Gateway.Reading;

namespace DataProcessor.Gateway.Answering;

/// <summary>
/// The results of a request's records, in their order, written to the response as it takes them. The last part is left to
/// the end of the response, so that a short answer goes out in one piece.
/// </summary>
internal static class ResultList
{
    /// <summary>Bytes of an answer written before they are sent on: a slow client must not make us hold all of it.</summary>
    public const int FlushBytes = 32 * 1024;

    /// <summary>Writes <c>"successes":[…]</c> or <c>"failures":[…]</c>.</summary>
    public static async ValueTask WriteArrayAsync(
        PipeWriter body, IncomingRecords records, bool stored, CancellationToken cancellation)
    {
        body.Write(stored ? "\"successes\":["u8 : "\"failures\":["u8);
        var (next, isFirst) = (0, true);
        while (next < records.Count)
        {
            (next, isFirst) = WritePart(body, records, stored, next, isFirst);
            if (next < records.Count)
            {
                await body.FlushAsync(cancellation);
            }
        }

        body.Write("]"u8);
    }

    /// <summary>Writes a line for each record.</summary>
    public static async ValueTask WriteLinesAsync(PipeWriter body, IncomingRecords records, CancellationToken cancellation)
    {
        for (var next = 0; next < records.Count;)
        {
            next = WriteLines(body, records, next, firstId: 0);
            if (next < records.Count)
            {
                await body.FlushAsync(cancellation);
            }
        }
    }

    /// <summary>Writes lines from record <paramref name="next"/> on until it is time to flush; returns the next record.</summary>
    public static int WriteLines(PipeWriter body, IncomingRecords records, int next, long firstId)
    {
        var text = new ResultText(body);
        while (next < records.Count && text.Length < FlushBytes)
        {
            text.WriteResult(firstId + next, records.OutcomeOf(next));
            text.Write("\n"u8);
            next++;
        }

        text.Complete();
        return next;
    }

    private static (int Next, bool IsFirst) WritePart(
        PipeWriter body, IncomingRecords records, bool stored, int next, bool isFirst)
    {
        var text = new ResultText(body);
        for (; next < records.Count && text.Length < FlushBytes; next++)
        {
            ref readonly var outcome = ref records.OutcomeOf(next);
            if (outcome.IsStored == stored)
            {
                text.Write(isFirst ? ""u8 : ","u8);
                text.WriteResult(next, outcome);
                isFirst = false;
            }
        }

        text.Complete();
        return (next, isFirst);
    }
}
