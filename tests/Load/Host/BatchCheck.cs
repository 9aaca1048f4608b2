using DataProcessor.Load.Protocol;

namespace DataProcessor.Load.Host;

/// <summary>Checks the records of a batch, in their order.</summary>
internal struct BatchCheck(Tally tally)
{
    private int _records;
    private long _checksum;
    private int _outOfOrder;
    private int _damaged;

    public void Add(ReadOnlySpan<byte> data)
    {
        _records++;
        if (!NumberedPayload.TryRead(data, out var payload))
        {
            _damaged++;
            return;
        }

        _checksum += payload.Checksum;
        _outOfOrder += tally.IsInOrder(payload) ? 0 : 1;
    }

    public readonly void Conclude() => tally.Add(_records, _checksum, _outOfOrder, _damaged);
}
