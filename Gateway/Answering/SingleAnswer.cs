using System.Text.Json;
using DataProcessor.Gateway.Reading;
using Microsoft.AspNetCore.Http;

namespace DataProcessor.Gateway.Answering;

/// <summary>200 <c>{shardId, sequenceNumber, subSequenceNumber, attempts}</c>: the one record is in the stream.</summary>
internal sealed class SingleAnswer(IncomingRecords records) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(httpContext.Response.BodyWriter, AnswerJson.Options);
        json.WriteStartObject();
        AnswerJson.WritePlace(json, records.OutcomeOf(0));
        json.WriteEndObject();
    }
}
