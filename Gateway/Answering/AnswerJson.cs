using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using DataProcessor.Gateway.Reading;

namespace DataProcessor.Gateway.Answering;

/// <summary>The parts that answers share: names, and the records of a batch written straight to the response.</summary>
internal static class AnswerJson
{
    public static readonly JsonEncodedText Type = JsonEncodedText.Encode("type");
    public static readonly JsonEncodedText Title = JsonEncodedText.Encode("title");
    public static readonly JsonEncodedText Status = JsonEncodedText.Encode("status");
    public static readonly JsonEncodedText Detail = JsonEncodedText.Encode("detail");
    public static readonly JsonEncodedText Code = JsonEncodedText.Encode("code");

    private static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
    private static readonly JsonEncodedText ShardId = JsonEncodedText.Encode("shardId");
    private static readonly JsonEncodedText SequenceNumber = JsonEncodedText.Encode("sequenceNumber");
    private static readonly JsonEncodedText SubSequenceNumber = JsonEncodedText.Encode("subSequenceNumber");
    private static readonly JsonEncodedText Attempts = JsonEncodedText.Encode("attempts");
    private static readonly JsonEncodedText ErrorCode = JsonEncodedText.Encode("errorCode");
    private static readonly JsonEncodedText Message = JsonEncodedText.Encode("message");
    private static readonly JsonEncodedText Successes = JsonEncodedText.Encode("successes");
    private static readonly JsonEncodedText Failures = JsonEncodedText.Encode("failures");

    /// <summary>Bytes of an answer held before they are sent on: a slow client must not make us hold all of it.</summary>
    private const int FlushBytes = 32 * 1024;

    /// <summary>The answer is never HTML: quotes in messages need no \u0022.</summary>
    public static JsonWriterOptions Options => new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void WritePlace(Utf8JsonWriter json, in RecordOutcome outcome)
    {
        json.WriteString(ShardId, outcome.StoredIn!.ShardId);
        json.WriteString(SequenceNumber, outcome.StoredIn.SequenceNumber.Value);
        json.WriteNumber(SubSequenceNumber, outcome.SubSequenceNumber);
        json.WriteNumber(Attempts, outcome.StoredIn.Attempts);
    }

    public static Task WriteSuccessesAsync(
        Utf8JsonWriter json, IncomingRecords records, PipeWriter body, CancellationToken cancellation) =>
        WriteRecordsAsync(json, records, stored: true, body, cancellation);

    public static Task WriteFailuresAsync(
        Utf8JsonWriter json, IncomingRecords records, PipeWriter body, CancellationToken cancellation) =>
        WriteRecordsAsync(json, records, stored: false, body, cancellation);

    private static async Task WriteRecordsAsync(
        Utf8JsonWriter json, IncomingRecords records, bool stored, PipeWriter body, CancellationToken cancellation)
    {
        var flushed = json.BytesCommitted;
        json.WriteStartArray(stored ? Successes : Failures);
        for (var id = 0; id < records.Count; id++)
        {
            if (records.OutcomeOf(id).IsStored != stored)
            {
                continue;
            }

            WriteRecord(json, id, records.OutcomeOf(id));
            if (json.BytesCommitted - flushed >= FlushBytes)
            {
                json.Flush();
                flushed = json.BytesCommitted;
                await body.FlushAsync(cancellation);
            }
        }

        json.WriteEndArray();
    }

    private static void WriteRecord(Utf8JsonWriter json, int id, in RecordOutcome outcome)
    {
        json.WriteStartObject();
        json.WriteNumber(Id, id);
        if (outcome.IsStored)
        {
            WritePlace(json, outcome);
        }
        else
        {
            var problem = outcome.Problem!;
            json.WriteString(ErrorCode, problem.Kind.Code);
            json.WriteString(Message, problem.Detail);
            json.WriteNumber(Status, problem.Kind.Status);
        }

        json.WriteEndObject();
    }
}
