namespace DataProcessor.Grains.Storage;

/// <summary>What an update changes: DynamoDB's SET and REMOVE. Attributes that it does not name stay as they are.</summary>
internal sealed class ItemUpdate
{
    private readonly Dictionary<string, AttributeValue> _sets = [];
    private readonly HashSet<string> _removes = [];

    public IReadOnlyDictionary<string, AttributeValue> Sets => _sets;

    public IReadOnlySet<string> Removes => _removes;

    public ItemUpdate Set(string attribute, AttributeValue value)
    {
        EnsureUnnamed(attribute);
        _sets.Add(attribute, value);
        return this;
    }

    public ItemUpdate Set(string attribute, string value) => Set(attribute, AttributeValue.String(value));

    public ItemUpdate Set(string attribute, long value) => Set(attribute, AttributeValue.Number(value));

    public ItemUpdate Remove(string attribute)
    {
        EnsureUnnamed(attribute);
        _removes.Add(attribute);
        return this;
    }

    /// <summary>Whether the item is as this update leaves an item.</summary>
    public bool IsIn(StoreItem item) =>
        _sets.All(set => set.Value.Equals(item.Attributes.GetValueOrDefault(set.Key))) &&
        !_removes.Any(item.Attributes.ContainsKey);

    private void EnsureUnnamed(string attribute)
    {
        if (_sets.ContainsKey(attribute) || _removes.Contains(attribute))
        {
            throw new ArgumentException($"The update names attribute {attribute} twice.");
        }
    }
}
