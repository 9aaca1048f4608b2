using System.Buffers;
using System.Text.Json;
using DataProcessor.Gateway.Answering;
using DataProcessor.Gateway.Reading;
using Microsoft.AspNetCore.Http;

namespace DataProcessor.Gateway.KinesisApi;

/// <summary>
/// The answer to a call, as Kinesis gives it: <c>{ShardId, SequenceNumber}</c>, <c>{FailedRecordCount, Records: […]}</c> with
/// an entry per record, or <c>{__type, message}</c>.
/// </summary>
internal sealed class KinesisAnswer
{
    /// <summary>An entry takes about 130 bytes.</summary>
    private const int BytesPerRecord = 160;
    private const int BytesAround = 256;

    private readonly KinesisError? _error;
    private readonly IncomingRecords? _records;

    private KinesisAnswer(KinesisError? error, IncomingRecords? records)
    {
        _error = error;
        _records = records;
    }

    public static KinesisAnswer Refused(KinesisError error) => new(error, null);

    /// <summary>
    /// Every record has its outcome. A single one that failed is an error of the call; of a batch it is one when it is the
    /// same for all and nothing that sending the record again could change.
    /// </summary>
    public static KinesisAnswer To(IncomingRecords records)
    {
        var first = records.OutcomeOf(0).Problem;
        var isOfCall = first is not null && (!records.IsBatch || IsOfWholeCall(records, first.Kind));
        return isOfCall ? Refused(KinesisError.Of(first!)) : new(null, records);
    }

    /// <summary>Writes all of it at once: 500 entries are 60 KB.</summary>
    public async Task WriteAsync(HttpContext context, WireEncoding encoding)
    {
        var response = context.Response;
        response.StatusCode = _error?.Status ?? StatusCodes.Status200OK;
        response.ContentType = WireEncodings.ContentTypeOf(encoding);
        response.Headers["x-amzn-RequestId"] = context.TraceIdentifier;
        if (_error is not null)
        {
            response.Headers["x-amzn-ErrorType"] = _error.Type;
        }

        Encode(response.BodyWriter, encoding);
        await response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static bool IsOfWholeCall(IncomingRecords records, ProblemKind kind)
    {
        if (kind != ProblemKind.StreamNotFound && kind != ProblemKind.AccessDenied)
        {
            return false;
        }

        for (var i = 1; i < records.Count; i++)
        {
            if (records.OutcomeOf(i).Problem?.Kind != kind)
            {
                return false;
            }
        }

        return true;
    }

    private void Encode(IBufferWriter<byte> target, WireEncoding encoding)
    {
        if (encoding == WireEncoding.Cbor)
        {
            var cbor = new CborAnswerWriter(BytesAround + ((_records?.Count ?? 0) * BytesPerRecord));
            try
            {
                Write(ref cbor);
                target.Write(cbor.Written);
            }
            finally
            {
                cbor.Dispose();
            }
        }
        else
        {
            using var json = new Utf8JsonWriter(target, AnswerJson.Options);
            var writer = new JsonAnswerWriter(json);
            Write(ref writer);
        }
    }

    private void Write<TWriter>(ref TWriter answer)
        where TWriter : struct, IAnswerWriter, allows ref struct
    {
        answer.StartMap(members: 2);
        if (_error is not null)
        {
            answer.Text("__type"u8, _error.Type);
            answer.Text("message"u8, _error.Message);
        }
        else if (_records!.IsBatch)
        {
            WriteBatch(ref answer, _records);
        }
        else
        {
            WritePlace(ref answer, _records.OutcomeOf(0).StoredIn!);
        }

        answer.EndMap();
    }

    private static void WriteBatch<TWriter>(ref TWriter answer, IncomingRecords records)
        where TWriter : struct, IAnswerWriter, allows ref struct
    {
        var failed = 0;
        for (var i = 0; i < records.Count; i++)
        {
            failed += records.OutcomeOf(i).IsStored ? 0 : 1;
        }

        answer.Number("FailedRecordCount"u8, failed);
        answer.StartList("Records"u8, records.Count);
        for (var i = 0; i < records.Count; i++)
        {
            answer.StartMap(members: 2);
            if (records.OutcomeOf(i).StoredIn is { } place)
            {
                WritePlace(ref answer, place);
            }
            else
            {
                var error = KinesisError.Of(records.OutcomeOf(i).Problem!);
                answer.Text("ErrorCode"u8, error.Type);
                answer.Text("ErrorMessage"u8, error.Message);
            }

            answer.EndMap();
        }

        answer.EndList();
    }

    private static void WritePlace<TWriter>(ref TWriter answer, StoredIn place)
        where TWriter : struct, IAnswerWriter, allows ref struct
    {
        answer.Text("ShardId"u8, place.ShardId);
        answer.Text("SequenceNumber"u8, place.SequenceNumber.Value);
    }
}
