using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace DataProcessor.Gateway.Authentication;

/// <summary>
/// Who may put records. With no key at all everybody may: the default, for a gateway that only this machine reaches. With
/// one key of either kind, every put needs a key: over AWS' interface an access key, over our own an API key.
/// </summary>
public sealed class AuthenticationOptions : IValidatableObject
{
    /// <summary>Keys of each kind. A request is compared with all API keys, at about 10 ns each.</summary>
    private const int MaxKeys = 1_000;

    /// <summary>For <c>POST /</c> and <c>POST /streams/{stream}/records</c>.</summary>
    [ValidateEnumeratedItems, MaxLength(MaxKeys)]
    public IList<ApiKeyOptions> ApiKeys { get; } = [];

    /// <summary>For AWS SDKs and the aws command, which sign their requests.</summary>
    [ValidateEnumeratedItems, MaxLength(MaxKeys)]
    public IList<AccessKeyOptions> AccessKeys { get; } = [];

    /// <summary>Whether puts need a key.</summary>
    public bool IsOn => ApiKeys.Count > 0 || AccessKeys.Count > 0;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Repeated(ApiKeys.Select(key => key.Hash.ToUpperInvariant())) is { } hash)
        {
            yield return new($"{nameof(ApiKeys)}: the hash '{hash}' is there twice.");
        }

        if (Repeated(AccessKeys.Select(key => key.Id)) is { } id)
        {
            yield return new($"{nameof(AccessKeys)}: the id '{id}' is there twice.");
        }
    }

    private static string? Repeated(IEnumerable<string> values) =>
        values.GroupBy(value => value, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1)?.Key;
}
