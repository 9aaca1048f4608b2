using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire;

/// <summary>Collects what is wrong with a request and says it as the service does: all of it in one ValidationException.</summary>
internal sealed class Constraints
{
    /// <summary>A call with 500 bad records need not be told 500 times.</summary>
    private const int MaxErrors = 10;
    private readonly List<string> _errors = [];

    /// <summary>Counts towards the limit without building the message in vain.</summary>
    public bool IsFull => _errors.Count >= MaxErrors;

    public void Require(string member, bool isPresent)
    {
        if (!isPresent)
        {
            Fail(member, "null", "Member must not be null");
        }
    }

    public void Length(string member, string? value, int least, int most) => Length(member, value, value?.Length ?? least, least, most);

    public void Length(string member, string? value, long length, int least, int most)
    {
        if (length < least)
        {
            Fail(member, $"'{value}'", $"Member must have length greater than or equal to {least}");
        }
        else if (length > most)
        {
            Fail(member, $"'{value}'", $"Member must have length less than or equal to {most}");
        }
    }

    public void Range(string member, long? value, long least, long most)
    {
        if (value < least)
        {
            Fail(member, $"'{value}'", $"Member must have value greater than or equal to {least}");
        }
        else if (value > most)
        {
            Fail(member, $"'{value}'", $"Member must have value less than or equal to {most}");
        }
    }

    public void Pattern(string member, string? value, bool matches, string pattern)
    {
        if (value is not null && !matches)
        {
            Fail(member, $"'{value}'", $"Member must satisfy regular expression pattern: {pattern}");
        }
    }

    public void OneOf(string member, string? value, string[] values)
    {
        if (value is not null && !values.Contains(value, StringComparer.Ordinal))
        {
            Fail(member, $"'{value}'", $"Member must satisfy enum value set: [{string.Join(", ", values)}]");
        }
    }

    public void ThrowIfAny()
    {
        if (_errors.Count > 0)
        {
            var errors = _errors.Count == 1 ? "error" : "errors";
            throw ServiceErrors.Validation($"{_errors.Count} validation {errors} detected: {string.Join("; ", _errors)}");
        }
    }

    private void Fail(string member, string value, string constraint)
    {
        if (!IsFull)
        {
            _errors.Add($"Value {value} at '{member}' failed to satisfy constraint: {constraint}");
        }
    }
}
