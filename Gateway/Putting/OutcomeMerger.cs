using DataProcessor.Gateway.Answering;
using DataProcessor.Gateway.Reading;

namespace DataProcessor.Gateway.Putting;

/// <summary>Gives each record of a settled put its outcome.</summary>
internal static class OutcomeMerger
{
    /// <summary>Adds the positions of the records that have to be routed again to <paramref name="moved"/>.</summary>
    /// <exception cref="InvalidOperationException">The runs do not cover the put's records exactly once.</exception>
    public static void Merge(
        IncomingRecords records, ReadOnlySpan<int> positions, ReadOnlySpan<PutRun> runs, List<int> moved)
    {
        EnsureCover(positions.Length, runs);
        foreach (var run in runs)
        {
            var named = positions.Slice(run.First, run.Count);
            switch (run.Outcome)
            {
                case PutOutcome.Stored:
                    Store(records, named, run);
                    break;
                case PutOutcome.Moved:
                    moved.AddRange(named);
                    if (run.Attempts > 0)
                    {
                        // They were under way when their shard closed or their producer left, perhaps all the way.
                        records.MarkMayBeWritten(named);
                    }

                    break;
                default:
                    records.Fail(named, ProblemOf(run));
                    break;
            }
        }
    }

    private static void Store(IncomingRecords records, ReadOnlySpan<int> positions, in PutRun run)
    {
        var place = new StoredIn(run.ShardId ?? "", run.SequenceNumber, run.Attempts);
        for (var i = 0; i < positions.Length; i++)
        {
            records.Store(positions[i], place, run.SubSequenceNumber + i);
        }
    }

    private static Problem ProblemOf(in PutRun run)
    {
        var cause = run.ErrorCode is null ? "" : $" Kinesis' last answer was {run.ErrorCode}: {run.ErrorMessage}";
        return run.Outcome switch
        {
            PutOutcome.NotWritten => new(
                ProblemKind.NotWritten,
                $"The record expired after {run.Attempts} attempts and is surely not in the stream. Send it again.{cause}",
                TimeSpan.FromSeconds(1)),
            PutOutcome.Rejected => new(KindOfRefusal(run.ErrorCode), $"Sending the record again will not help.{cause}"),
            _ => Problem.OutcomeUnknown with { Detail = Problem.OutcomeUnknown.Detail + cause },
        };
    }

    /// <summary>What Kinesis holds against the record is the client's fault, what it holds against us is not.</summary>
    private static ProblemKind KindOfRefusal(string? errorCode) => errorCode switch
    {
        "ResourceNotFoundException" => ProblemKind.StreamNotFound,
        "ValidationException" or "InvalidArgumentException" or "SerializationException" => ProblemKind.RefusedByKinesis,
        _ => ProblemKind.AccessDenied,
    };

    private static void EnsureCover(int count, ReadOnlySpan<PutRun> runs)
    {
        var next = 0;
        foreach (var run in runs)
        {
            if (run.First != next || run.Count <= 0 || run.Count > count - next)
            {
                throw new InvalidOperationException($"A producer's run of {run.Count} starts at {run.First}, expected {next} of {count}.");
            }

            next += run.Count;
        }

        if (next != count)
        {
            throw new InvalidOperationException($"A producer settled {next} of {count} records.");
        }
    }
}
