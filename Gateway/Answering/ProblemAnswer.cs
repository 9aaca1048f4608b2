using System.Text.Json;
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
            response.Headers.AcceptEncoding = "identity";
        }

        await using var json = new Utf8JsonWriter(response.BodyWriter, AnswerJson.Options);
        json.WriteStartObject();
        json.WriteString(AnswerJson.Type, problem.Kind.Type);
        json.WriteString(AnswerJson.Title, problem.Kind.Title);
        json.WriteNumber(AnswerJson.Status, problem.Kind.Status);
        json.WriteString(AnswerJson.Detail, problem.Detail);
        json.WriteString(AnswerJson.Code, problem.Kind.Code);
        if (failed is not null)
        {
            await AnswerJson.WriteFailuresAsync(json, failed, response.BodyWriter, httpContext.RequestAborted);
        }

        json.WriteEndObject();
    }
}
