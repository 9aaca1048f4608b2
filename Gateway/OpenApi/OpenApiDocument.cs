using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DataProcessor.Gateway.OpenApi;

/// <summary>
/// The description of the HTTP interface, <c>openapi.json</c> beside this file. It is written by hand, since no tool finds
/// formats that are read off the body; tests hold it against what requests are answered.
/// </summary>
internal static class OpenApiDocument
{
    public static Stream Open() => typeof(OpenApiDocument).Assembly.GetManifestResourceStream("openapi.json")!;

    public static FileStreamHttpResult Send() => TypedResults.Stream(Open(), "application/json");
}
