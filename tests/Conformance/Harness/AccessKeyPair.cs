namespace DataProcessor.Conformance.Harness;

/// <summary>What a foreign client signs with.</summary>
internal sealed record AccessKeyPair(string Id, string Secret)
{
    /// <summary>Where nobody verifies it.</summary>
    public static AccessKeyPair Any { get; } = new("conformance", "conformance");
}
