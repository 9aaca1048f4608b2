using System.ComponentModel.DataAnnotations;

namespace DataProcessor.Gateway.Authentication;

/// <summary>An API key, as it is configured: <c>make-key</c> makes one and prints both the key and this hash.</summary>
public sealed class ApiKeyOptions : IValidatableObject
{
    /// <summary>SHA-256 of the key's text, in hexadecimal: <c>printf %s "$KEY" | sha256sum</c>.</summary>
    [Required, RegularExpression("^[0-9a-fA-F]{64}$", ErrorMessage = "Hash: the SHA-256 of the key, 64 hexadecimal digits.")]
    public string Hash { get; set; } = "";

    /// <summary>The streams that may be written with it. Default: none is named, and so all may.</summary>
    public IList<string> Streams { get; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => StreamGrant.Validate(Streams);
}
