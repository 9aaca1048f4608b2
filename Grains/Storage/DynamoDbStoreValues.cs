using DynamoDbValue = Amazon.DynamoDBv2.Model.AttributeValue;

namespace DataProcessor.Grains.Storage;

/// <summary>Attributes as AWSSDK.DynamoDBv2 has them, and back.</summary>
internal static class DynamoDbStoreValues
{
    public static DynamoDbValue ToDynamoDb(AttributeValue value) => value.Type switch
    {
        AttributeType.S => new() { S = value.Text },
        AttributeType.N => new() { N = value.Text },
        AttributeType.B => new() { B = new MemoryStream(value.ToBytes()) },
        AttributeType.SS => new() { SS = [.. value.Elements] },
        _ => throw new ArgumentOutOfRangeException(nameof(value), value.Type, "not a type of attribute"),
    };

    /// <summary>
    /// Null if there is no item. Attributes of other types, and numbers beyond ours, are somebody else's: they are not seen, and
    /// stay, because an update names what it changes.
    /// </summary>
    public static StoreItem? ToItem(StoreTable table, Dictionary<string, DynamoDbValue>? item)
    {
        if (item is null || item.Count == 0)
        {
            return null;
        }

        var attributes = new Dictionary<string, AttributeValue>(item.Count - 1);
        foreach (var (name, value) in item)
        {
            if (name != table.KeyAttribute && FromDynamoDb(value) is { } known)
            {
                attributes.Add(name, known);
            }
        }

        return new(item[table.KeyAttribute].S, attributes);
    }

    private static AttributeValue? FromDynamoDb(DynamoDbValue value) => value switch
    {
        { S.Length: > 0 } => AttributeValue.String(value.S),
        { N: not null } when HasOurDigits(value.N) => AttributeValue.Number(value.N),
        { B.Length: > 0 } => AttributeValue.Binary(value.B.ToArray()),
        { SS.Count: > 0 } => AttributeValue.Set(value.SS),
        _ => null,
    };

    /// <summary>Others may write up to 10^125, which DynamoDB answers with all its zeros.</summary>
    private static bool HasOurDigits(string number)
    {
        var digits = 0;
        foreach (var character in number.AsSpan().TrimStart('-').TrimStart('0'))
        {
            digits += char.IsAsciiDigit(character) ? 1 : 0;
        }

        return digits <= AttributeValue.MaxDigits;
    }
}
