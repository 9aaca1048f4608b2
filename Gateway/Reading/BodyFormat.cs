using DataProcessor.Gateway.Answering;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace DataProcessor.Gateway.Reading;

internal enum BodyFormat
{
    /// <summary>One JSON document: an object, or an array of objects.</summary>
    Json,

    /// <summary>NDJSON: an object a line.</summary>
    Lines,

    /// <summary>The data of one record, as it is.</summary>
    Raw,
}

/// <summary>Reads the format off the request's content type.</summary>
internal static class BodyFormats
{
    private const string Hint =
        "Send 'Content-Type: application/json' with one object or an array, 'application/x-ndjson' with an object a line, "
        + "or 'application/octet-stream' with the data of one record; the charset is UTF-8.";

    /// <summary>Null when the body is of a format that we read.</summary>
    public static Problem? Of(HttpRequest request, out BodyFormat format)
    {
        format = BodyFormat.Json;
        var type = request.ContentType;
        if (type is "application/json")
        {
            return null;
        }

        if (type is null)
        {
            // Taken for JSON, which is checked anyway: curl-like callers often send none. Not from a web page: without a
            // type, a page of any site may post here and its browser does not ask us first. It always names its origin.
            return request.Headers.Origin.Count == 0
                ? null
                : new(ProblemKind.UnsupportedMediaType, $"A request with an Origin needs a Content-Type. {Hint}");
        }

        if (!MediaTypeHeaderValue.TryParse(type, out var parsed) || !TryFormatOf(parsed, out format))
        {
            return new(ProblemKind.UnsupportedMediaType, $"Content-Type '{type}' is not read. {Hint}");
        }

        return format != BodyFormat.Raw
            && parsed.Charset is { HasValue: true } charset
            && !charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            && !charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase)
                ? new(ProblemKind.UnsupportedMediaType, $"Charset '{charset}' is not read. {Hint}")
                : null;
    }

    private static bool TryFormatOf(MediaTypeHeaderValue type, out BodyFormat format)
    {
        BodyFormat? known = type.MediaType.Value?.ToLowerInvariant() switch
        {
            "application/json" => BodyFormat.Json,
            "application/x-ndjson" or "application/ndjson" or "application/jsonlines" => BodyFormat.Lines,
            "application/octet-stream" => BodyFormat.Raw,
            _ => null,
        };
        format = known ?? BodyFormat.Json;
        return known is not null;
    }
}
