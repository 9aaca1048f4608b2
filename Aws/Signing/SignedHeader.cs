namespace DataProcessor.Aws.Signing;

/// <summary>A header that a signature covers.</summary>
/// <param name="Name">In lower case.</param>
/// <param name="Value">As sent.</param>
internal readonly record struct SignedHeader(string Name, string Value);
