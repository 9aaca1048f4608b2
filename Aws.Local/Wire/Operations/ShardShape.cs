using System.Globalization;
using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Shard.html.</summary>
internal static class ShardShape
{
    public static void Write(WireWriter answer, StreamInfo stream, ShardInfo shard)
    {
        answer.StartMap();
        answer.Text("ShardId", shard.Id);
        answer.OptionalText("ParentShardId", NameOf(shard.Parent));
        answer.OptionalText("AdjacentParentShardId", NameOf(shard.AdjacentParent));
        answer.StartMap("HashKeyRange");
        answer.Text("StartingHashKey", shard.Range.Start.ToString(CultureInfo.InvariantCulture));
        answer.Text("EndingHashKey", shard.Range.End.ToString(CultureInfo.InvariantCulture));
        answer.EndMap();
        answer.StartMap("SequenceNumberRange");
        answer.Text("StartingSequenceNumber", shard.Starting(stream.CreationMs).ToString());
        answer.OptionalText("EndingSequenceNumber", shard.Ending(stream.CreationMs)?.ToString());
        answer.EndMap();
        answer.EndMap();
    }

    private static string? NameOf(int? index) => index is { } number ? ShardInfo.NameOf(number) : null;
}
