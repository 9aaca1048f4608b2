using System.IO.Pipelines;
using DataProcessor.Gateway.Answering;
using DataProcessor.Gateway.Reading;

namespace DataProcessor.Gateway.Streaming;

/// <summary>
/// Results that the client has not taken yet, two bytes for most of them: neighbours share the Kinesis records that hold
/// them, and inside of one the sub-sequence numbers ascend.
/// </summary>
internal sealed class HeldResults
{
    /// <summary>About what a place takes in memory, with its strings.</summary>
    private const int PlaceBytes = 256;

    private readonly long _firstId;
    private readonly ushort[] _placeOf;

    /// <summary>Outcomes of which the next record's differs by its sub-sequence number only.</summary>
    private readonly RecordOutcome[] _places;

    private int _written;

    /// <summary>Takes the results from <paramref name="next"/> on.</summary>
    public HeldResults(IncomingRecords records, int next, long firstId)
    {
        _firstId = firstId + next;
        _placeOf = new ushort[records.Count - next];
        var places = new List<RecordOutcome>();
        var lastOf = new Dictionary<StoredIn, (int Place, long NextSubSequenceNumber)>();
        for (var i = 0; i < _placeOf.Length; i++)
        {
            ref readonly var outcome = ref records.OutcomeOf(next + i);
            var sub = outcome.SubSequenceNumber;
            if (outcome.StoredIn is { } stored && lastOf.TryGetValue(stored, out var last) && last.NextSubSequenceNumber == sub)
            {
                _placeOf[i] = (ushort)last.Place;
                lastOf[stored] = (last.Place, sub + 1);
                continue;
            }

            if (outcome.Problem is null || places.Count == 0 || !ReferenceEquals(places[^1].Problem, outcome.Problem))
            {
                places.Add(outcome);
            }

            _placeOf[i] = (ushort)(places.Count - 1);
            if (outcome.StoredIn is { } here)
            {
                lastOf[here] = (places.Count - 1, sub + 1);
            }
        }

        _places = [.. places];
        Bytes = (sizeof(ushort) * _placeOf.Length) + (PlaceBytes * _places.Length);
    }

    public int Bytes { get; }

    /// <summary>Whether all lines are written.</summary>
    public bool IsWritten => _written == _placeOf.Length;

    /// <summary>Writes lines until it is time to flush.</summary>
    public void WriteOn(PipeWriter body)
    {
        var text = new ResultText(body);
        for (; !IsWritten && text.Length < ResultList.FlushBytes; _written++)
        {
            ref var place = ref _places[_placeOf[_written]];
            text.WriteResult(_firstId + _written, place);
            text.Write("\n"u8);
            place = place with { SubSequenceNumber = place.SubSequenceNumber + 1 };
        }

        text.Complete();
    }
}
