using System.Globalization;

namespace DataProcessor.Grains.Storage;

/// <summary>DynamoDB's names of the types that are used.</summary>
internal enum AttributeType
{
    /// <summary>String.</summary>
    S,

    /// <summary>Decimal number.</summary>
    N,

    /// <summary>Bytes.</summary>
    B,

    /// <summary>Set of strings.</summary>
    SS,
}

/// <summary>
/// A typed attribute. Equal values are equal in DynamoDB's sense (numbers numerically, sets without order), because
/// each is held in one canonical form.
/// </summary>
internal sealed class AttributeValue : IEquatable<AttributeValue>
{
    /// <summary>DynamoDB keeps 38 significant digits.</summary>
    public const int MaxDigits = 38;

    private AttributeValue(AttributeType type, string text, string[]? elements = null)
    {
        Type = type;
        Text = text;
        Elements = elements ?? [];
    }

    public AttributeType Type { get; }

    /// <summary>S: the string. N: decimal. B: base64. SS: empty.</summary>
    public string Text { get; }

    /// <summary>SS: ascending ordinally, each once. Else empty.</summary>
    public IReadOnlyList<string> Elements { get; }

    /// <summary>Not empty: KCL's tables hold no empty strings.</summary>
    public static AttributeValue String(string value) => value.Length > 0
        ? new(AttributeType.S, value)
        : throw new ArgumentException("An attribute cannot be an empty string.");

    public static AttributeValue Number(long value) =>
        new(AttributeType.N, value.ToString(CultureInfo.InvariantCulture));

    /// <param name="value">Decimal, without an exponent.</param>
    public static AttributeValue Number(string value) => new(AttributeType.N, Canonical(value));

    public static AttributeValue Binary(ReadOnlySpan<byte> value) => value.Length > 0
        ? new(AttributeType.B, Convert.ToBase64String(value))
        : throw new ArgumentException("An attribute cannot be empty bytes.");

    public static AttributeValue Set(IEnumerable<string> values)
    {
        string[] elements = [.. new SortedSet<string>(values, StringComparer.Ordinal)];
        return elements.Length > 0 && elements[0].Length > 0
            ? new(AttributeType.SS, "", elements)
            : throw new ArgumentException("An attribute can be neither an empty set nor one with an empty string.");
    }

    public byte[] ToBytes() => Convert.FromBase64String(Text);

    public bool Equals(AttributeValue? other) =>
        other is not null && Type == other.Type && Text == other.Text && Elements.SequenceEqual(other.Elements);

    public override bool Equals(object? obj) => Equals(obj as AttributeValue);

    public override int GetHashCode() => HashCode.Combine(Type, Text, Elements.Count);

    public override string ToString() => Type == AttributeType.SS ? string.Join(',', Elements) : Text;

    private static string Canonical(string number)
    {
        var isNegative = number.StartsWith('-');
        var unsigned = isNegative ? number[1..] : number;
        var point = unsigned.IndexOf('.', StringComparison.Ordinal);
        var whole = (point < 0 ? unsigned : unsigned[..point]).TrimStart('0');
        var fraction = point < 0 ? "" : unsigned[(point + 1)..].TrimEnd('0');
        var hasDigits = unsigned.Length > (point < 0 ? 0 : 1);
        if (!hasDigits || !whole.All(char.IsAsciiDigit) || !fraction.All(char.IsAsciiDigit) ||
            whole.Length + fraction.Length > MaxDigits)
        {
            throw new ArgumentException($"'{number}' is not a decimal number of at most {MaxDigits} digits.");
        }

        var magnitude = (whole.Length > 0 ? whole : "0") + (fraction.Length > 0 ? "." + fraction : "");
        return isNegative && magnitude != "0" ? "-" + magnitude : magnitude;
    }
}
