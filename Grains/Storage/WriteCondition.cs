namespace DataProcessor.Grains.Storage;

/// <summary>
/// What must hold for a write to be made: DynamoDB's ConditionExpression, as far as it is needed. All terms must hold.
/// </summary>
internal sealed class WriteCondition
{
    private readonly Term[] _terms;

    private WriteCondition(params Term[] terms) => _terms = terms;

    /// <summary>Always holds.</summary>
    public static WriteCondition None => new();

    /// <summary><c>attribute_not_exists(key)</c>.</summary>
    public static WriteCondition ItemAbsent => new(new Term(Attribute: null, Expected: null));

    public IReadOnlyList<Term> Terms => _terms;

    /// <summary><c>attribute_not_exists(attribute)</c>; also holds if there is no item.</summary>
    public static WriteCondition Absent(string attribute) => new(new Term(attribute, Expected: null));

    /// <summary><c>attribute = value</c>; never holds if there is no item.</summary>
    public static WriteCondition Equal(string attribute, AttributeValue value) => new(new Term(attribute, value));

    public WriteCondition And(WriteCondition other) => new([.. _terms, .. other._terms]);

    public bool Holds(StoreItem? item) => Array.TrueForAll(_terms, term => term.Holds(item));

    /// <param name="Attribute">Null for the item itself.</param>
    /// <param name="Expected">Null for absence.</param>
    internal readonly record struct Term(string? Attribute, AttributeValue? Expected)
    {
        public bool Holds(StoreItem? item) => Attribute is null
            ? item is null
            : Equals(item?.Attributes.GetValueOrDefault(Attribute), Expected);
    }
}
