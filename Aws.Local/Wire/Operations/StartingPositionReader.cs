using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StartingPosition.html, read and checked.</summary>
internal struct StartingPositionReader
{
    private bool _isGiven;
    private string? _type;
    private string? _sequenceNumber;
    private long? _timestampMs;

    /// <summary>Valid once <see cref="Check"/> found nothing.</summary>
    public readonly StartingPosition Position => new(_type!, _sequenceNumber, _timestampMs);

    public void Read(WireValue value)
    {
        _isGiven = true;
        foreach (var member in value.Members)
        {
            if (member.Is("Type"u8))
            {
                _type = member.Value.Text;
            }
            else if (member.Is("SequenceNumber"u8))
            {
                _sequenceNumber = member.Value.Text;
            }
            else if (member.Is("Timestamp"u8))
            {
                _timestampMs = member.Value.Timestamp;
            }
        }
    }

    public readonly void Check(Constraints constraints)
    {
        constraints.Require("startingPosition", _isGiven);
        constraints.Require("startingPosition.type", !_isGiven || _type is not null);
        constraints.OneOf("startingPosition.type", _type, StartingPosition.Types);
    }
}
