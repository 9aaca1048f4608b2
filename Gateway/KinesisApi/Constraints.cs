namespace DataProcessor.Gateway.KinesisApi;

/// <summary>Collects what is wrong with a call, which is refused as a whole, and says it as Kinesis does: all in one message.</summary>
internal sealed class Constraints
{
    /// <summary>A call with 500 bad records need not be told 500 times.</summary>
    private const int MaxErrors = 10;

    /// <summary>Of a value that is quoted back.</summary>
    private const int MaxQuoted = 300;

    private readonly List<string> _errors = [];

    /// <summary>Null when nothing is wrong.</summary>
    public KinesisError? Error => _errors.Count == 0 ? null : KinesisError.Validation(
        $"{_errors.Count} validation error{(_errors.Count == 1 ? "" : "s")} detected: {string.Join("; ", _errors)}");

    public bool IsFull => _errors.Count >= MaxErrors;

    public void Require(bool isMet, string member, string? value, string constraint)
    {
        if (!isMet && !IsFull)
        {
            var quoted = value is null ? "null" : value.Length <= MaxQuoted ? $"'{value}'" : $"'{value[..MaxQuoted]}…'";
            _errors.Add($"Value {quoted} at '{member}' failed to satisfy constraint: {constraint}");
        }
    }

    public void RequireThere(bool isThere, string member) => Require(isThere, member, null, "Member must not be null");

    public void RequireLength(int length, int least, int most, string member, string value)
    {
        Require(length >= least, member, value, $"Member must have length greater than or equal to {least}");
        Require(length <= most, member, value, $"Member must have length less than or equal to {most}");
    }

    public void RequirePattern(bool matches, string member, string value, string pattern) =>
        Require(matches, member, value, $"Member must satisfy regular expression pattern: {pattern}");
}
