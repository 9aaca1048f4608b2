using DataProcessor.Gateway.Reading;
using Microsoft.AspNetCore.Http;

namespace DataProcessor.Gateway.Answering;

/// <summary>200 <c>{shardId, sequenceNumber, subSequenceNumber, attempts}</c>: the one record is in the stream.</summary>
internal sealed class SingleAnswer(IncomingRecords records) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json";
        var text = new ResultText(httpContext.Response.BodyWriter);
        text.Write("{"u8);
        text.WritePlace(records.OutcomeOf(0));
        text.Write("}"u8);
        text.Complete();
        httpContext.Response.ContentLength = text.Length;
        return Task.CompletedTask;
    }
}
