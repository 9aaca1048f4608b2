using System.Globalization;

namespace DataProcessor.Unit.Producing;

/// <summary>A numbered record of a key: what a client puts, and what a reader finds.</summary>
internal readonly record struct NumberedRecord(string Key, int Number)
{
    public static NumberedRecord Parse(string data) => data.Split('/') is [var key, var number, ..]
        ? new(key, int.Parse(number, CultureInfo.InvariantCulture))
        : throw new FormatException($"'{data}' is no numbered record.");

    public TestRecord ToRecord(int padding) => TestRecord.Of(Key, $"{Key}/{Number}/{new string('.', padding)}");
}

/// <summary>
/// Holds what clients were told against what readers find: nothing acknowledged is missing, every key's records are in
/// their order, and a record is there more than once only if an attempt to write it was not answered. Order may be
/// broken as often as the producers counted an inversion.
/// </summary>
internal sealed class KeyOrderChecker
{
    private readonly Dictionary<NumberedRecord, int> _unanswered = [];
    private readonly Dictionary<NumberedRecord, ReadRecord> _acknowledged = [];

    public int Acknowledged => _acknowledged.Count;

    public int Duplicates { get; private set; }

    /// <summary>Kinesis records before which an earlier-numbered record of one of its keys should have come.</summary>
    public int OutOfOrder { get; private set; }

    public void OnAcknowledged(NumberedRecord record, ReadRecord place) => _acknowledged.Add(record, place);

    /// <summary>An attempt that held the record had no answer.</summary>
    public void OnUnanswered(NumberedRecord record) => _unanswered[record] = _unanswered.GetValueOrDefault(record) + 1;

    /// <param name="read">The stream: parents before children, each shard in its order.</param>
    /// <param name="inversions">Inversions that were counted.</param>
    /// <returns>What is wrong; empty if nothing.</returns>
    public List<string> Check(List<ReadRecord> read, long inversions)
    {
        List<string> wrong = [];
        var places = read.ToHashSet();
        wrong.AddRange(_acknowledged.Where(known => !places.Contains(known.Value)).Select(known => $"{known.Key} is not where the answer said: lost."));

        Dictionary<NumberedRecord, int> copies = [];
        Dictionary<string, int> last = [];
        HashSet<(string, SequenceNumber)> outOfOrder = [];
        foreach (var found in read)
        {
            var record = NumberedRecord.Parse(found.Data);
            copies[record] = copies.GetValueOrDefault(record) + 1;
            if (copies[record] > 1)
            {
                continue;
            }

            if (record.Number < last.GetValueOrDefault(record.Key, -1))
            {
                outOfOrder.Add((found.ShardId, found.Position.SequenceNumber));
            }

            last[record.Key] = Math.Max(record.Number, last.GetValueOrDefault(record.Key, -1));
        }

        OutOfOrder = outOfOrder.Count;
        if (OutOfOrder > inversions)
        {
            wrong.Add($"{OutOfOrder} Kinesis records are out of order; {inversions} inversions were counted.");
        }

        Duplicates = copies.Values.Sum() - copies.Count;
        wrong.AddRange(copies
            .Where(copy => copy.Value > 1 + _unanswered.GetValueOrDefault(copy.Key))
            .Select(copy => $"{copy.Key} is there {copy.Value} times; {_unanswered.GetValueOrDefault(copy.Key)} attempts had no answer."));
        return wrong;
    }
}
