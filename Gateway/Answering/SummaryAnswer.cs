using DataProcessor.Gateway.Reading;
using Microsoft.AspNetCore.Http;

namespace DataProcessor.Gateway.Answering;

/// <summary>
/// Counts and the first failures, see <see cref="ResultSummary.Write"/>: 200 or 207 as of a <see cref="BatchAnswer"/>, or
/// 202 for records that are accepted and not stored yet.
/// </summary>
internal sealed class SummaryAnswer(ResultSummary summary, int status, string preference) : IResult
{
    public const string Minimal = "return=minimal";
    public const string Async = "respond-async";

    public int Status => status;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.Headers["Preference-Applied"] = preference;
        summary.Write(response.BodyWriter);
        return Task.CompletedTask;
    }
}
