using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;

namespace DataProcessor.Gateway.Authentication;

/// <summary>
/// An access key as AWS SDKs are given one. Not one of AWS: a pair of this gateway's own, made by <c>make-key</c>.
/// </summary>
public sealed class AccessKeyOptions : IValidatableObject
{
    /// <summary>AWS_ACCESS_KEY_ID of the client.</summary>
    [Required, RegularExpression("^[A-Za-z0-9_]{1,128}$", ErrorMessage = "Id: 1-128 of A-Z a-z 0-9 _.")]
    public string Id { get; set; } = "";

    /// <summary>
    /// AWS_SECRET_ACCESS_KEY of the client. In plain text, since who verifies a signature has to make it; keep it where
    /// secrets are kept, and hand it over in the environment (<c>Gateway__Authentication__AccessKeys__0__Secret</c>).
    /// </summary>
    [Required, StringLength(128, MinimumLength = 32, ErrorMessage = "Secret: 32-128 characters.")]
    public string Secret { get; set; } = "";

    /// <inheritdoc cref="ApiKeyOptions.Streams"/>
    public IList<string> Streams { get; } = [];

    /// <summary>A new pair; the secret has 256 random bits.</summary>
    public static AccessKeyOptions Create() => new()
    {
        Id = "DPAK" + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
        Secret = RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 43),
    };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => StreamGrant.Validate(Streams);
}
