using DataProcessor.Conformance.Harness;

namespace DataProcessor.Conformance.Client;

public sealed class KinesisLocalTests(ForeignParts foreign) : KinesisClientConformance(foreign)
{
    protected override string Server => "kinesis-local";

    protected override ServerOddity Oddities =>
        ServerOddity.ClosedShardEndsBelowItsStart | ServerOddity.UnknownValueIsSerializationError
        | ServerOddity.BadTextIsInvalidArgument | ServerOddity.BadIteratorIsServerError;

    protected override Task<Uri> StartAsync() => Foreign.KinesisLocalAsync();
}
