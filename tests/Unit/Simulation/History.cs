using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DataProcessor.Grains.Leases;

namespace DataProcessor.Unit.Simulation;

/// <summary>What happened in a run, in the order of happening; the checkers judge by nothing else.</summary>
internal sealed class History(TimeProvider clock)
{
    private readonly List<Happening> _events = [];
    private readonly List<TimeSpan> _times = [];
    private readonly DateTimeOffset _start = clock.GetUtcNow();
    private readonly HashSet<Place> _processed = [];
    private readonly HashSet<Place> _outstanding = [];

    public IReadOnlyList<Happening> Events => _events;

    /// <summary>Acknowledged records that nobody has processed yet.</summary>
    public IReadOnlyCollection<Place> Outstanding => _outstanding;

    public void Add(Happening happening)
    {
        _events.Add(happening);
        _times.Add(clock.GetUtcNow() - _start);
        switch (happening)
        {
            case Processed processed:
                _processed.Add(processed.Place);
                _outstanding.Remove(processed.Place);
                break;
            case Acknowledged acknowledged when !_processed.Contains(acknowledged.Place):
                _outstanding.Add(acknowledged.Place);
                break;
        }
    }

    public IEnumerable<string> Lines() => _events.Select((happening, i) =>
        string.Create(CultureInfo.InvariantCulture, $"{_times[i].TotalMilliseconds,9:F1} {happening}"));

    /// <summary>The same for the same history.</summary>
    public string Hash() => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Lines()))));
}

/// <summary>Where a user record lies.</summary>
internal readonly record struct Place(string Shard, StreamPosition Position) : IComparable<Place>
{
    public int CompareTo(Place other) => Position.CompareTo(other.Position);

    public override string ToString() => $"{Shard}@{Position}";
}

internal abstract record Happening;

/// <summary>A producer was told that the record is stored and in good order.</summary>
internal sealed record Acknowledged(Place Place, string Key, int Number) : Happening;

/// <summary>The processor of a reader has done its work for the record.</summary>
internal sealed record Processed(string Reader, Place Place, string Key, int Number) : Happening;

/// <summary>The processor of a reader has said that everything up to the record is handled.</summary>
internal sealed record Completed(string Reader, Place Through) : Happening;

/// <summary>A write to a lease, made or refused.</summary>
/// <param name="Writer">The reader that wrote, whatever name the row has for it.</param>
/// <param name="Shard">Of the lease.</param>
/// <param name="Kind">What the writer meant.</param>
/// <param name="IsMade">False: refused.</param>
/// <param name="Before">The row as the write found it.</param>
/// <param name="After">The row as the write left it.</param>
internal sealed record LeaseWritten(string Writer, string Shard, LeaseWriteKind Kind, bool IsMade, Lease? Before, Lease? After) : Happening
{
    public override string ToString() =>
        $"{Writer} {Kind.ToString().ToLowerInvariant()}s {Shard}, {(IsMade ? "made" : "refused")}: {Text(Before)} -> {Text(After)}";

    private static string Text(Lease? lease) => lease is null ? "none" : $"{lease.Counter}/{lease.Owner}/{lease.Checkpoint}";
}

internal enum LeaseWriteKind
{
    /// <summary>Makes the row, if there is none.</summary>
    Create,

    /// <summary>Names an owner.</summary>
    Take,

    /// <summary>What an owner does: a checkpoint, the end, giving it back.</summary>
    Write,
}

/// <summary>Somebody has deleted the shard's lease, and with it what was known of its reader and its position.</summary>
internal sealed record LeaseDeleted(string Shard) : Happening;

/// <summary>What else makes a history readable.</summary>
internal sealed record Noted(string Text) : Happening
{
    public override string ToString() => Text;
}
