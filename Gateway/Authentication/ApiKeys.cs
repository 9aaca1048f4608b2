using System.Security.Cryptography;
using DataProcessor.Gateway.Answering;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace DataProcessor.Gateway.Authentication;

/// <summary>
/// Checks the API key of a request, <c>Authorization: Bearer KEY</c> or <c>X-Api-Key: KEY</c>, where authentication is on.
/// </summary>
internal sealed class ApiKeys(IOptions<GatewayOptions> options)
{
    private const string Bearer = "Bearer ";

    private readonly bool _isOn = options.Value.Authentication.IsOn;
    private readonly Known[] _known =
    [
        .. options.Value.Authentication.ApiKeys.Select(key => new Known(Convert.FromHexString(key.Hash), new(key.Streams))),
    ];

    /// <summary>Null when the request may put records to the stream.</summary>
    public Problem? Refusal(HttpRequest request, string stream)
    {
        if (!_isOn)
        {
            return null;
        }

        if (Shown(request.Headers) is not { } key)
        {
            return new(
                ProblemKind.Unauthenticated, "The request needs an API key: 'Authorization: Bearer KEY', or 'X-Api-Key: KEY'.");
        }

        if (Find(key) is not { } known)
        {
            return new(ProblemKind.Unauthenticated, "The API key is not one of this gateway's.");
        }

        return known.Streams.Covers(stream)
            ? null
            : new(ProblemKind.StreamForbidden, $"The API key is not for the stream '{stream}'.");
    }

    private static string? Shown(IHeaderDictionary headers)
    {
        var authorization = headers.Authorization;
        return authorization.Count == 0 ? headers["X-Api-Key"] switch { [{ Length: > 0 } key] => key, _ => null }
            : authorization is [{ } value] && value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? value[Bearer.Length..].Trim()
            : null;
    }

    /// <summary>Compares with every key to its end, so that the time tells nothing of how near a guess is.</summary>
    private Known? Find(string key)
    {
        Span<byte> hash = stackalloc byte[ApiKey.HashLength];
        ApiKey.Hash(key, hash);
        Known? found = null;
        foreach (var known in _known)
        {
            if (CryptographicOperations.FixedTimeEquals(known.Hash, hash))
            {
                found = known;
            }
        }

        return found;
    }

    private sealed record Known(byte[] Hash, StreamGrant Streams);
}
