using DynamoDbValue = Amazon.DynamoDBv2.Model.AttributeValue;

namespace DataProcessor.Grains.Storage;

/// <summary>Writes DynamoDB's expressions. Every name is a placeholder, because hundreds of words are reserved.</summary>
internal sealed class DynamoDbStoreExpression
{
    private readonly Dictionary<string, string> _names = [];
    private readonly Dictionary<string, DynamoDbValue> _values = [];

    /// <summary>Placeholders of names; null when there are none, as DynamoDB wants it.</summary>
    public Dictionary<string, string>? Names => _names.Count > 0 ? _names : null;

    /// <summary>Placeholders of values; null when there are none.</summary>
    public Dictionary<string, DynamoDbValue>? Values => _values.Count > 0 ? _values : null;

    /// <summary>Null if nothing is changed: DynamoDB then makes an item of the key alone.</summary>
    public string? Update(ItemUpdate update)
    {
        var sets = Clause("SET ", update.Sets.Select(set => $"{Name(set.Key)} = {Value(set.Value)}"));
        var removes = Clause("REMOVE ", update.Removes.Select(Name));
        var both = $"{sets} {removes}".Trim();
        return both.Length > 0 ? both : null;
    }

    /// <summary>Null if it always holds.</summary>
    public string? Condition(StoreTable table, WriteCondition condition) => condition.Terms.Count == 0
        ? null
        : string.Join(" AND ", condition.Terms.Select(term => term.Expected is { } expected
            ? $"{Name(term.Attribute!)} = {Value(expected)}"
            : $"attribute_not_exists({Name(term.Attribute ?? table.KeyAttribute)})"));

    /// <summary>Null for all keys: DynamoDB knows no empty prefix.</summary>
    public string? KeyPrefix(StoreTable table, string prefix) =>
        prefix.Length == 0 ? null : $"begins_with({Name(table.KeyAttribute)}, {Value(AttributeValue.String(prefix))})";

    /// <summary>Also holds if there is no item.</summary>
    public string AbsentOrAbove(string attribute, long number)
    {
        var name = Name(attribute);
        return $"(attribute_not_exists({name}) OR {name} > {Value(AttributeValue.Number(number))})";
    }

    public static string And(string? first, string second) => first is null ? second : $"{first} AND {second}";

    private static string Clause(string verb, IEnumerable<string> parts) =>
        string.Join(", ", parts) is { Length: > 0 } all ? verb + all : "";

    private string Name(string attribute)
    {
        var placeholder = $"#n{_names.Count}";
        _names.Add(placeholder, attribute);
        return placeholder;
    }

    private string Value(AttributeValue value)
    {
        var placeholder = $":v{_values.Count}";
        _values.Add(placeholder, DynamoDbStoreValues.ToDynamoDb(value));
        return placeholder;
    }
}
