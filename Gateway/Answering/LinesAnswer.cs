using DataProcessor.Gateway.Reading;
using Microsoft.AspNetCore.Http;

namespace DataProcessor.Gateway.Answering;

/// <summary>200 and a line for each record, see <see cref="ResultText.WriteResult"/>.</summary>
internal sealed class LinesAnswer(IncomingRecords records) : IResult
{
    public const string ContentType = "application/x-ndjson";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = ContentType;
        return ResultList.WriteLinesAsync(httpContext.Response.BodyWriter, records, httpContext.RequestAborted).AsTask();
    }
}
