using System.Globalization;

namespace DataProcessor.Grains.Storage;

/// <summary>An item as it was read; <see cref="Attributes"/> are all but the key.</summary>
internal sealed record StoreItem(string Key, IReadOnlyDictionary<string, AttributeValue> Attributes)
{
    /// <summary>An attribute of type S; null if it is absent.</summary>
    public string? Text(string name) => Value(name, AttributeType.S)?.Text;

    /// <summary>A whole number; null if the attribute is absent.</summary>
    public long? Number(string name) => Value(name, AttributeType.N) is { } value
        ? long.Parse(value.Text, CultureInfo.InvariantCulture)
        : null;

    /// <summary>An attribute of type SS; empty if it is absent.</summary>
    public IReadOnlyList<string> Set(string name) => Value(name, AttributeType.SS)?.Elements ?? [];

    private AttributeValue? Value(string name, AttributeType type)
    {
        if (!Attributes.TryGetValue(name, out var value))
        {
            return null;
        }

        return value.Type == type
            ? value
            : throw new StoreException($"Attribute {name} of item '{Key}' has type {value.Type}, expected {type}.");
    }
}

/// <summary>A page of a query.</summary>
/// <param name="Items">May be empty.</param>
/// <param name="Continuation">Null on the last page.</param>
internal sealed record ItemPage(IReadOnlyList<StoreItem> Items, string? Continuation);

/// <summary>The outcome of a conditional write; a refusal is no error.</summary>
/// <param name="Succeeded">Whether the condition held and the write was made.</param>
/// <param name="Item">
/// The item after an update that was made; the item that is there if the write was refused. Null if there is none.
/// </param>
internal readonly record struct WriteResult(bool Succeeded, StoreItem? Item);
