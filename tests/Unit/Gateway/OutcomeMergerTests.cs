using CsCheck;
using DataProcessor.Gateway.Answering;
using DataProcessor.Gateway.Putting;
using DataProcessor.Gateway.Reading;
using Xunit;

namespace DataProcessor.Unit.Gateway;

public class OutcomeMergerTests
{
    [Fact]
    public void Runs_of_any_shape_give_each_record_its_outcome_once() =>
        Gen.Select(Gen.Select(Gen.Int[1, 5], Gen.Enum<PutOutcome>()).Array[1, 8], Gen.Int[0, 3]).Sample((shape, before) =>
        {
            var outcomes = shape.SelectMany(run => Enumerable.Repeat(run.Item2, run.Item1)).ToArray();
            using var records = Records(before + outcomes.Length);
            var positions = Enumerable.Range(before, outcomes.Length).Reverse().ToArray();
            var (runs, next) = (new List<PutRun>(), 0);
            foreach (var (count, outcome) in shape)
            {
                runs.Add(Run(next, count, outcome));
                next += count;
            }

            var moved = new List<int>();
            OutcomeMerger.Merge(records, positions, runs.ToArray(), moved);

            Assert.Equal(positions.Where((_, i) => outcomes[i] == PutOutcome.Moved), moved);
            Assert.Equal([.. Enumerable.Range(0, before), .. moved.Order()], records.Open());
            for (var i = 0; i < outcomes.Length; i++)
            {
                var outcome = records.OutcomeOf(positions[i]);
                Assert.Equal(outcomes[i] == PutOutcome.Stored, outcome.IsStored);
                Assert.Equal(CodeOf(outcomes[i]), outcome.Problem?.Kind.Code);
                if (outcome.IsStored)
                {
                    // The runs above give the record at i the sub-sequence number 100 + i.
                    Assert.Equal(100 + i, outcome.SubSequenceNumber);
                }
            }
        });

    [Theory]
    [InlineData(1, 3, 0, 0)]
    [InlineData(0, 2, 0, 0)]
    [InlineData(0, 2, 1, 2)]
    [InlineData(0, 2, 2, 2)]
    [InlineData(0, 0, 0, 3)]
    [InlineData(0, -1, -1, 4)]
    public void Runs_that_do_not_cover_the_put_are_a_fault(int first, int count, int nextFirst, int nextCount)
    {
        using var records = Records(3);
        Assert.Throws<InvalidOperationException>(() => OutcomeMerger.Merge(
            records,
            [0, 1, 2],
            [Run(first, count, PutOutcome.Stored), .. nextCount == 0 ? (PutRun[])[] : [Run(nextFirst, nextCount, PutOutcome.Stored)]],
            []));
        Assert.Equal(3, records.Open().Length);
    }

    [Fact]
    public void A_record_that_may_be_written_never_fails_with_certainty()
    {
        using var records = Records(2);
        records.MarkMayBeWritten([0]);

        OutcomeMerger.Merge(records, [0, 1], [Run(0, 2, PutOutcome.NotWritten)], []);

        Assert.Equal(ProblemKind.OutcomeUnknown, records.OutcomeOf(0).Problem?.Kind);
        Assert.Equal(ProblemKind.NotWritten, records.OutcomeOf(1).Problem?.Kind);
    }

    [Fact]
    public void A_record_that_moved_after_an_attempt_never_fails_with_certainty()
    {
        using var records = Records(2);
        var moved = new List<int>();
        OutcomeMerger.Merge(
            records,
            [0, 1],
            [Run(0, 1, PutOutcome.Moved) with { Attempts = 1 }, Run(1, 1, PutOutcome.Moved) with { Attempts = 0 }],
            moved);

        records.Fail([.. moved], Problem.NotSentInTime);

        Assert.Equal(ProblemKind.OutcomeUnknown, records.OutcomeOf(0).Problem?.Kind);
        Assert.Equal(ProblemKind.NotWritten, records.OutcomeOf(1).Problem?.Kind);
    }

    [Theory]
    [InlineData("ResourceNotFoundException", 404)]
    [InlineData("ValidationException", 400)]
    [InlineData("AccessDeniedException", 502)]
    [InlineData(null, 502)]
    public void A_refusal_of_Kinesis_is_laid_at_the_right_door(string? errorCode, int status)
    {
        using var records = Records(1);
        OutcomeMerger.Merge(records, [0], [Run(0, 1, PutOutcome.Rejected) with { ErrorCode = errorCode }], []);
        Assert.Equal(status, records.OutcomeOf(0).Problem?.Kind.Status);
    }

    private static PutRun Run(int first, int count, PutOutcome outcome) =>
        new(first, count, outcome, "shardId-000000000000", new("7"), 100 + first, 1, null, null);

    private static string? CodeOf(PutOutcome outcome) => outcome switch
    {
        PutOutcome.NotWritten => "NotWritten",
        PutOutcome.Rejected => "AccessDenied",
        PutOutcome.Unknown => "OutcomeUnknown",
        _ => null,
    };

    private static IncomingRecords Records(int count)
    {
        var records = new IncomingRecords();
        for (var i = 0; i < count; i++)
        {
            records.Reserve(RecordFrame.HeaderSize);
            records.Add(RecordFrame.HeaderSize);
        }

        return records;
    }
}
