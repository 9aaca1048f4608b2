using System.Buffers;
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
        response.BodyWriter.Write("{"u8);
        await ResultList.WriteArrayAsync(response.BodyWriter, records, stored: true, httpContext.RequestAborted);
        response.BodyWriter.Write(","u8);
        await ResultList.WriteArrayAsync(response.BodyWriter, records, stored: false, httpContext.RequestAborted);
        response.BodyWriter.Write("}"u8);
    }
}
