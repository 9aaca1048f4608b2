using System.Text;
using DataProcessor.Gateway.Answering;
using Microsoft.AspNetCore.Http;

namespace DataProcessor.Gateway.Reading;

/// <summary>What a request asks for in its headers and query, beside its body.</summary>
internal sealed record RequestTerms
{
    public const int MostIdempotencyKeyChars = 256;

    private static readonly RequestTerms PlainJson = new();

    public BodyFormat Format { get; private init; }

    /// <summary><c>?keyField=</c>: name of the field that holds the partition key (UTF-8); empty when there is none.</summary>
    public byte[] KeyField { get; private init; } = [];

    /// <summary><c>?partitionKey=</c> of a raw record.</summary>
    public string? PartitionKey { get; private init; }

    /// <summary><c>?explicitHashKey=</c> of a raw record.</summary>
    public string? ExplicitHashKey { get; private init; }

    /// <summary><c>Prefer: return=minimal</c>: counts and the first failures in place of a result for each record.</summary>
    public bool IsMinimal { get; private init; }

    /// <summary><c>Prefer: respond-async</c>: the answer may come before the records are stored.</summary>
    public bool IsAsync { get; private init; }

    /// <summary><c>Idempotency-Key</c>, as it was sent.</summary>
    public string? IdempotencyKey { get; private init; }

    /// <summary>Whether the body has to be in hand before the first record is put.</summary>
    public bool IsWhole => Format != BodyFormat.Lines || IsAsync || IdempotencyKey is not null;

    /// <summary>Null when the terms are understood.</summary>
    public static Problem? Read(HttpRequest request, out RequestTerms terms)
    {
        terms = PlainJson;
        if (BodyFormats.Of(request, out var format) is { } unsupported)
        {
            return unsupported;
        }

        var (preferences, idempotency) = (request.Headers["Prefer"], request.Headers["Idempotency-Key"]);
        if (format == BodyFormat.Json && !request.QueryString.HasValue && preferences.Count == 0 && idempotency.Count == 0)
        {
            return null;
        }

        terms = new()
        {
            Format = format,
            KeyField = Encoding.UTF8.GetBytes(request.Query["keyField"].ToString()),
            PartitionKey = request.Query["partitionKey"].FirstOrDefault(),
            ExplicitHashKey = request.Query["explicitHashKey"].FirstOrDefault(),
            IsMinimal = Asks(preferences, "return=minimal"),
            IsAsync = Asks(preferences, "respond-async"),
            IdempotencyKey = idempotency.Count == 0 ? null : idempotency.ToString(),
        };
        return terms.FindProblem(request);
    }

    private Problem? FindProblem(HttpRequest request)
    {
        if (request.Query.ContainsKey("keyField") && KeyField.Length is 0 or > JsonText.MostComparedBytes)
        {
            return new(ProblemKind.InvalidParameter, $"'keyField' is the name of a field, 1 to {JsonText.MostComparedBytes} bytes.");
        }

        if (Format == BodyFormat.Raw && KeyField.Length > 0)
        {
            return new(
                ProblemKind.InvalidParameter,
                "A body of 'application/octet-stream' has no fields: send 'partitionKey' in place of 'keyField'.");
        }

        if (Format != BodyFormat.Raw && (PartitionKey ?? ExplicitHashKey) is not null)
        {
            return new(
                ProblemKind.InvalidParameter,
                "'partitionKey' and 'explicitHashKey' in the query are for 'application/octet-stream'; in JSON they are properties of each record.");
        }

        return IdempotencyKey is { Length: 0 or > MostIdempotencyKeyChars }
            ? new(ProblemKind.InvalidIdempotencyKey, $"'Idempotency-Key' has 1 to {MostIdempotencyKeyChars} characters.")
            : null;
    }

    /// <summary>RFC 7240: preferences are separated by commas, may have parameters, and unknown ones are ignored.</summary>
    private static bool Asks(IEnumerable<string?> preferences, string wanted) =>
        preferences.Any(line => line!.Split(',').Any(preference =>
            preference.Split(';')[0].Replace(" ", "", StringComparison.Ordinal).Equals(wanted, StringComparison.OrdinalIgnoreCase)));
}
