namespace DataProcessor.Gateway.Authentication;

/// <summary>Why a signed request is refused, in AWS' terms; always 403.</summary>
/// <param name="Type">AWS' name of the error.</param>
/// <param name="Message">For the person who reads it.</param>
internal sealed record SignatureProblem(string Type, string Message)
{
    public static readonly SignatureProblem Missing = new(
        "MissingAuthenticationTokenException",
        "Missing Authentication Token: this gateway takes requests that are signed with Signature Version 4 in the Authorization header.");

    public static readonly SignatureProblem UnknownAccessKey = new(
        "UnrecognizedClientException",
        "The access key id is not one of this gateway's. It has key pairs of its own; those of AWS mean nothing to it.");

    public static readonly SignatureProblem Mismatch = Invalid(
        "The request signature we calculated does not match the signature you provided. Check the secret access key, and "
        + "that nothing between here and you changes headers (Host) or the body.");

    public static SignatureProblem Incomplete(string message) => new("IncompleteSignatureException", message);

    public static SignatureProblem Invalid(string message) => new("InvalidSignatureException", message);
}
