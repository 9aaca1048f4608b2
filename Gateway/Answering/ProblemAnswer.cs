using System.Buffers;
using DataProcessor.Gateway.Reading;
using Microsoft.AspNetCore.Http;

namespace DataProcessor.Gateway.Answering;

/// <summary>
/// RFC 9457 problem details <c>{type, title, status, detail, code}</c>; of a batch that failed as a whole also
/// <c>failures</c>, the same list as in <see cref="BatchAnswer"/>.
/// </summary>
internal sealed class ProblemAnswer(Problem problem, IncomingRecords? failed = null) : IResult
{
    public int Status => problem.Kind.Status;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = problem.Kind.Status;
        response.ContentType = "application/problem+json";
        if (problem.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = $"{Math.Max(1, Math.Ceiling(wait.TotalSeconds)):0}";
        }

        if (problem.Kind == ProblemKind.Unauthenticated)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        if (problem.Kind == ProblemKind.UnsupportedContentEncoding)
        {
            response.Headers.AcceptEncoding = BodyEncoding.Accepted;
        }

        if (failed is null)
        {
            response.ContentLength = Write(response, "}"u8);
            return;
        }

        Write(response, ","u8);
        await ResultList.WriteArrayAsync(response.BodyWriter, failed, stored: false, httpContext.RequestAborted);
        response.BodyWriter.Write("}"u8);
    }

    private int Write(HttpResponse response, ReadOnlySpan<byte> end)
    {
        var text = new ResultText(response.BodyWriter);
        text.Write("{\"type\":"u8);
        text.Write(problem.Kind.Type);
        text.Write(",\"title\":"u8);
        text.Write(problem.Kind.Title);
        text.Write(",\"status\":"u8);
        text.Write(problem.Kind.Status);
        text.Write(",\"detail\":"u8);
        text.Write(problem.Detail);
        text.Write(",\"code\":"u8);
        text.Write(problem.Kind.Code);
        text.Write(end);
        text.Complete();
        return text.Length;
    }
}
