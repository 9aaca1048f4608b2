using DataProcessor.Conformance.Harness;

namespace DataProcessor.Conformance.Client;

public sealed class KinesaliteTests(ForeignParts foreign) : KinesisClientConformance(foreign)
{
    protected override string Server => "kinesalite";

    protected override ServerOddity Oddities =>
        ServerOddity.UnreadableData | ServerOddity.LongAnswersAreCut | ServerOddity.ShardFilterIsIgnored
        | ServerOddity.NoUpdateShardCount | ServerOddity.NoLimits | ServerOddity.NoConsumers;

    protected override Task<Uri> StartAsync() => Foreign.KinesaliteAsync();
}
