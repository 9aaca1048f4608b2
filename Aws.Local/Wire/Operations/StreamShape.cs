using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>The members that the descriptions of a stream have in common.</summary>
internal static class StreamShape
{
    public static void WriteIdentity(WireWriter answer, KinesisStream stream, StreamCatalog catalog)
    {
        answer.Text("StreamName", stream.Info.Name);
        answer.Text("StreamARN", catalog.ArnOf(stream.Info.Name));
        answer.Text("StreamStatus", stream.Status(catalog.NowMs));
        answer.StartMap("StreamModeDetails");
        answer.Text("StreamMode", "PROVISIONED");
        answer.EndMap();
        answer.Timestamp("StreamCreationTimestamp", stream.Info.CreationMs);
    }

    public static void WriteSettings(WireWriter answer, StreamInfo stream)
    {
        answer.Integer("RetentionPeriodHours", stream.RetentionHours);
        answer.StartList("EnhancedMonitoring");
        answer.StartMap();
        answer.StartList("ShardLevelMetrics");
        answer.EndList();
        answer.EndMap();
        answer.EndList();
        answer.Text("EncryptionType", "NONE");
    }
}
