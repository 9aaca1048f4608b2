using System.Text.Json;
using DataProcessor.Gateway.Reading;
using Microsoft.AspNetCore.Http;

namespace DataProcessor.Gateway.Answering;

/// <summary>
/// <c>{successes: [{id, shardId, sequenceNumber, subSequenceNumber, attempts}], failures: [{id, errorCode, message, status}]}</c>,
/// ids being positions in the request: 200 when every record is in the stream, 207 when only some are.
/// </summary>
internal sealed class BatchAnswer(IncomingRecords records, int status) : IResult
{
    public int Status => status;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(response.BodyWriter, AnswerJson.Options);
        json.WriteStartObject();
        await AnswerJson.WriteSuccessesAsync(json, records, response.BodyWriter, httpContext.RequestAborted);
        await AnswerJson.WriteFailuresAsync(json, records, response.BodyWriter, httpContext.RequestAborted);
        json.WriteEndObject();
    }
}
