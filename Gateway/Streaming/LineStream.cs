using DataProcessor.Gateway.Answering;
using DataProcessor.Gateway.Putting;
using DataProcessor.Gateway.Reading;
using DataProcessor.Gateway.Routing;
using Microsoft.AspNetCore.Http;

namespace DataProcessor.Gateway.Streaming;

/// <summary>
/// One NDJSON request, a window after the other:
/// <code>
///  body ──1 read──▶ window ──2 route──▶ a group per shard ──3 put──▶ outcomes ──4 write──▶ results
///    ▲                                                                                        │
///    └──────────────────────────────── the next window ◀─────────────────────────────────────┘
/// </code>
/// A window is put when the one before is settled, so records of a key stay in order. Until the first record is taken the
/// request can be refused as a whole; after that each record has its result.
/// </summary>
internal sealed class LineStream(
    HttpContext context,
    string stream,
    RequestTerms terms,
    BodyLines lines,
    ResultStream results,
    RecordParser parser,
    ShardMapCache maps,
    PutDispatcher puts,
    GatewayMetrics metrics) : IDisposable
{
    private readonly IncomingRecords _records = new() { IsBatch = true };

    /// <summary>Position of the window's first record.</summary>
    private long _firstId;

    private long _line;

    private bool IsFirst => _firstId == 0;

    /// <summary>Null when the request is answered; else why nothing of it was taken.</summary>
    public async Task<Problem?> RunAsync()
    {
        LineRead read;
        do
        {
            // 1 read
            read = await ReadAsync();
            if (IsFirst && read is LineRead.End or LineRead.Broken && !_records.HasOpen)
            {
                if (read == LineRead.Broken || _records.Count == 0)
                {
                    return lines.Problem ?? RecordParser.NoRecord();
                }

                if (Answer.CommonProblemOf(_records, out _) is { } common)
                {
                    await new ProblemAnswer(common, _records).ExecuteAsync(context);
                    return null;
                }
            }

            // 2 route, 3 put
            if (_records.HasOpen && await PutAsync() is { } refusal)
            {
                return refusal;
            }

            // 4 write
            await WriteAsync();
        }
        while (read is LineRead.Lines or LineRead.Skipped);

        if (!await results.TryCompleteAsync(read == LineRead.Broken ? lines.Problem : null))
        {
            context.Abort();
        }

        return null;
    }

    public void Dispose() => _records.Dispose();

    /// <summary>Reads a window. The first one goes on until there is something to put.</summary>
    private async ValueTask<LineRead> ReadAsync()
    {
        LineRead read;
        do
        {
            read = await lines.NextAsync(context.RequestAborted);
            if (read == LineRead.Skipped)
            {
                _line++;
                _records.AddFailed(lines.Problem!);
            }
            else if (read == LineRead.Lines)
            {
                // Frames are about as long as the JSON they come from.
                _records.Reserve(lines.Lines.Length);
                lines.Consume(parser.ParseLines(lines.Lines, ref _line, _records, terms.KeyField));
            }
        }
        while (IsFirst && read is LineRead.Lines or LineRead.Skipped && !_records.HasOpen && !parser.IsFull(_records));
        return read;
    }

    private async ValueTask<Problem?> PutAsync()
    {
        var lookup = await maps.GetAsync(stream, context.RequestAborted);
        if (lookup.Routes is not { } routes)
        {
            if (IsFirst)
            {
                return lookup.Problem;
            }

            _records.Fail(_records.Open(), lookup.Problem!);
            return null;
        }

        await puts.PutAsync(_records, routes, IsFirst ? PutMode.Whole : PutMode.Rest, PutIds.Random, context.RequestAborted);
        metrics.OnSettled(stream, _records);
        return IsFirst ? FindRefusal() : null;
    }

    /// <summary>Full buffers that kept all records out, as long as that can be the whole answer.</summary>
    private Problem? FindRefusal()
    {
        Problem? busy = null;
        for (var i = 0; i < _records.Count; i++)
        {
            ref readonly var outcome = ref _records.OutcomeOf(i);
            if (outcome.Problem?.Kind == ProblemKind.Busy)
            {
                busy ??= outcome.Problem;
            }
            else if (outcome.IsStored || outcome.Problem!.Kind.Status >= StatusCodes.Status500InternalServerError)
            {
                return null;
            }
        }

        return busy;
    }

    private async ValueTask WriteAsync()
    {
        if (_records.Count == 0)
        {
            return;
        }

        if (IsFirst)
        {
            BeginAnswer();
        }

        await results.AddAsync(_records, _firstId);
        _firstId += _records.Count;
        _records.Clear();
    }

    private void BeginAnswer()
    {
        var response = context.Response;
        response.ContentType = terms.IsMinimal ? "application/json" : LinesAnswer.ContentType;
        if (terms.IsMinimal)
        {
            response.Headers["Preference-Applied"] = SummaryAnswer.Minimal;
            results.Summarize();
        }
    }
}
