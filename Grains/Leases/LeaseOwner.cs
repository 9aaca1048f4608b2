namespace DataProcessor.Grains.Leases;

/// <summary>
/// Names of those who own leases. Ours end in a slash and 32 hexadecimal digits; anybody else's is foreign: KCL's are
/// host names and UUIDs with dashes, or what its configuration says.
/// </summary>
internal static class LeaseOwner
{
    private const int UniqueDigits = 32;

    /// <param name="host">Who runs the reader, for people who read the table.</param>
    /// <param name="reader">Of this one reader: no other ever has the same name.</param>
    public static string Name(string host, Guid reader) => $"{host}/{reader:N}";

    /// <summary>Whether the owner is a reader of this program, in whichever silo. Who of those reads is Orleans' decision.</summary>
    public static bool IsOurs(string owner) =>
        owner.Length > UniqueDigits &&
        owner[^(UniqueDigits + 1)] == '/' &&
        Guid.TryParseExact(owner.AsSpan(owner.Length - UniqueDigits), "N", out _);
}
