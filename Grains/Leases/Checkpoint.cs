namespace DataProcessor.Grains.Leases;

/// <summary>
/// How far a shard is processed, as KCL writes it: the position of the last user record that is handled, or one of
/// four words. Ordered as in KCL: AT_TIMESTAMP, TRIM_HORIZON, LATEST, positions, SHARD_END.
/// </summary>
internal readonly record struct Checkpoint : IComparable<Checkpoint>
{
    private const string AtTimestampText = "AT_TIMESTAMP";
    private const string TrimHorizonText = "TRIM_HORIZON";
    private const string LatestText = "LATEST";
    private const string ShardEndText = "SHARD_END";

    private Checkpoint(CheckpointKind kind, StreamPosition position) => (Kind, Position) = (kind, position);

    /// <summary>From a time that the application's configuration names.</summary>
    public static Checkpoint AtTimestamp => new(CheckpointKind.AtTimestamp, default);

    /// <summary>From the oldest record that is kept.</summary>
    public static Checkpoint TrimHorizon => new(CheckpointKind.TrimHorizon, default);

    /// <summary>From what arrives after the start.</summary>
    public static Checkpoint Latest => new(CheckpointKind.Latest, default);

    /// <summary>Closed, and processed to its end.</summary>
    public static Checkpoint ShardEnd => new(CheckpointKind.ShardEnd, default);

    public CheckpointKind Kind { get; }

    /// <summary>The last user record handled; default unless <see cref="Kind"/> is a position.</summary>
    public StreamPosition Position { get; }

    /// <summary>The attribute <c>checkpoint</c>.</summary>
    public string Text => Kind switch
    {
        CheckpointKind.AtTimestamp => AtTimestampText,
        CheckpointKind.TrimHorizon => TrimHorizonText,
        CheckpointKind.Latest => LatestText,
        CheckpointKind.ShardEnd => ShardEndText,
        _ => Position.SequenceNumber.Value,
    };

    /// <summary>The attribute <c>checkpointSubSequenceNumber</c>; 0 beside a word.</summary>
    public long SubSequenceNumber => Position.SubSequenceNumber;

    /// <param name="position">The last user record handled.</param>
    public static Checkpoint At(StreamPosition position) => new(CheckpointKind.Position, position);

    /// <exception cref="FormatException">The text is neither a decimal number nor one of the words.</exception>
    public static Checkpoint Parse(string text, long subSequenceNumber) => text switch
    {
        AtTimestampText => AtTimestamp,
        TrimHorizonText => TrimHorizon,
        LatestText => Latest,
        ShardEndText => ShardEnd,
        _ when text.Length > 0 && text.All(char.IsAsciiDigit) => At(new(new(text), subSequenceNumber)),
        _ => throw new FormatException($"'{text}' is not a checkpoint."),
    };

    public int CompareTo(Checkpoint other) =>
        Kind != other.Kind ? Kind.CompareTo(other.Kind) : Position.CompareTo(other.Position);

    public override string ToString() => Kind == CheckpointKind.Position ? Position.ToString() : Text;

    public static bool operator <(Checkpoint left, Checkpoint right) => left.CompareTo(right) < 0;

    public static bool operator >(Checkpoint left, Checkpoint right) => left.CompareTo(right) > 0;

    public static bool operator <=(Checkpoint left, Checkpoint right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Checkpoint left, Checkpoint right) => left.CompareTo(right) >= 0;
}

/// <summary>In KCL's order.</summary>
internal enum CheckpointKind
{
    AtTimestamp,
    TrimHorizon,
    Latest,
    Position,
    ShardEnd,
}
