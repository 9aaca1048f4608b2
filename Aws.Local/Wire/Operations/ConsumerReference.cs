using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>A registered consumer in a request: ConsumerARN, or StreamARN and ConsumerName.</summary>
internal struct ConsumerReference
{
    private const string ArnInfix = "/consumer/";
    private const string ArnPattern = @"arn:aws.*:kinesis:.*:\d{12}:stream/\S+/consumer/\S+:\d+";
    private StreamReference _stream;
    private string? _name;
    private string? _arn;

    public readonly string? Arn => _arn;

    /// <summary>Reads a request that holds nothing else; throws ValidationException if its form is wrong.</summary>
    public static ConsumerReference Read(WireValue request)
    {
        var reference = new ConsumerReference();
        foreach (var member in request.Members)
        {
            reference.TryTake(member);
        }

        var constraints = new Constraints();
        reference.Check(constraints);
        constraints.ThrowIfAny();
        return reference;
    }

    /// <summary>Takes the member if it is one of the three.</summary>
    public bool TryTake(WireMember member)
    {
        if (member.Is("ConsumerName"u8))
        {
            _name = member.Value.Text;
            return true;
        }

        if (member.Is("ConsumerARN"u8))
        {
            _arn = member.Value.Text;
            return true;
        }

        return _stream.TryTake(member);
    }

    /// <summary>Checks the form of what is there.</summary>
    public readonly void Check(Constraints constraints)
    {
        _stream.Check(constraints, isRequired: false);
        StreamReference.CheckName(constraints, "consumerName", _name);
        constraints.Length("consumerARN", _arn, 1, 2048);
        constraints.Pattern("consumerARN", _arn, _arn?.Contains(ArnInfix, StringComparison.Ordinal) == true, ArnPattern);
    }

    /// <summary>Throws ResourceNotFoundException if there is no such consumer.</summary>
    public readonly (KinesisStream Stream, ConsumerInfo Consumer) Resolve(StreamCatalog catalog)
    {
        if (_arn is null && (_stream.Arn is null || _name is null))
        {
            throw ServiceErrors.InvalidArgument("Either ConsumerARN, or both StreamARN and ConsumerName must be given.");
        }

        var reference = _arn is { } arn ? new StreamReference { Arn = arn[..arn.IndexOf(ArnInfix, StringComparison.Ordinal)] } : _stream;
        var stream = catalog.GetActive(reference.Resolve(catalog));
        var name = _arn is null ? _name! : NameIn(_arn);
        if ((_stream.Arn ?? reference.Arn) != reference.Arn || (_name ?? name) != name)
        {
            throw ServiceErrors.InvalidArgument($"ConsumerARN {_arn} is not the consumer {_name} of stream {_stream.Arn}.");
        }

        return StreamConsumers.Find(stream.Info, name) is { } consumer
            && (_arn is null || consumer.ArnIn(catalog.ArnOf(stream.Info.Name)) == _arn)
                ? (stream, consumer)
                : throw ServiceErrors.ConsumerNotFound(_arn ?? name);
    }

    private static string NameIn(string arn)
    {
        var nameAndTime = arn[(arn.IndexOf(ArnInfix, StringComparison.Ordinal) + ArnInfix.Length)..];
        return nameAndTime.LastIndexOf(':') is > 0 and var end ? nameAndTime[..end] : nameAndTime;
    }
}
