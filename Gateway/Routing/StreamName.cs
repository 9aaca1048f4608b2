using System.Buffers;

namespace DataProcessor.Gateway.Routing;

/// <summary>Kinesis' rule for stream names. Checked before a name becomes a grain key.</summary>
internal static class StreamName
{
    public const string Rule = "1 to 128 of a-z, A-Z, 0-9, '_', '.' and '-'";

    private const int MaxLength = 128;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

    public static bool IsValid(string? name) =>
        name is { Length: > 0 and <= MaxLength } && !name.AsSpan().ContainsAnyExcept(Allowed);
}
