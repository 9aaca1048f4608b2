namespace DataProcessor.Grains.Processing;

/// <summary>Key of an application grain: <c>application/stream</c>. Neither name may contain a slash.</summary>
internal readonly record struct ApplicationKey(string Application, string Stream)
{
    public static ApplicationKey Parse(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < key.Length - 1
            ? new(key[..slash], key[(slash + 1)..])
            : throw new ArgumentException($"'{key}' is not an application grain's key: application/stream.", nameof(key));
    }

    public override string ToString() => $"{Application}/{Stream}";
}
