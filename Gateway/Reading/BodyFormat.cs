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
}

/// <summary>Reads the format off the request's headers.</summary>
internal static class BodyFormats
{
    private const string Hint =
        "Send 'Content-Type: application/json' with one object or an array, or 'application/x-ndjson' with an object a line; the charset is UTF-8.";

    /// <summary>Null when the body is of a format that we read.</summary>
    public static Problem? Of(HttpRequest request, out BodyFormat format)
    {
        format = BodyFormat.Json;
        var encoding = request.Headers.ContentEncoding;
        if (encoding.Count > 0 && !string.Equals(encoding.ToString(), "identity", StringComparison.OrdinalIgnoreCase))
        {
            return new(
                ProblemKind.UnsupportedContentEncoding,
                $"Content-Encoding '{encoding}' is not read. Send the body uncompressed.");
        }

        var type = request.ContentType;
        if (type is null or "application/json")
        {
            // Without a type the body is taken for JSON: it is checked anyway, and curl-like callers often send none.
            return null;
        }

        if (!MediaTypeHeaderValue.TryParse(type, out var parsed) || !TryFormatOf(parsed, out format))
        {
            return new(ProblemKind.UnsupportedMediaType, $"Content-Type '{type}' is not read. {Hint}");
        }

        return parsed.Charset is { HasValue: true } charset && !charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            && !charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase)
                ? new(ProblemKind.UnsupportedMediaType, $"Charset '{charset}' is not read. {Hint}")
                : null;
    }

    private static bool TryFormatOf(MediaTypeHeaderValue type, out BodyFormat format)
    {
        format = BodyFormat.Json;
        if (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        format = BodyFormat.Lines;
        return type.MediaType.Equals("application/x-ndjson", StringComparison.OrdinalIgnoreCase)
            || type.MediaType.Equals("application/ndjson", StringComparison.OrdinalIgnoreCase)
            || type.MediaType.Equals("application/jsonlines", StringComparison.OrdinalIgnoreCase);
    }
}
