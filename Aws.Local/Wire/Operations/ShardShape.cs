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
        WriteRange(answer, shard.Range);
        answer.StartMap("SequenceNumberRange");
        answer.Text("StartingSequenceNumber", shard.Starting(stream.CreationMs).ToString());
        answer.OptionalText("EndingSequenceNumber", shard.Ending(stream.CreationMs)?.ToString());
        answer.EndMap();
        answer.EndMap();
    }

    /// <summary>ChildShards of a closed shard; https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ChildShard.html.</summary>
    public static void WriteChildren(WireWriter answer, StreamInfo stream, int index)
    {
        answer.StartList("ChildShards");
        foreach (var child in Lineage.ChildrenOf(stream, index))
        {
            answer.StartMap();
            answer.Text("ShardId", child.Id);
            answer.StartList("ParentShards");
            answer.Text(null, NameOf(child.Parent));
            if (child.AdjacentParent is not null)
            {
                answer.Text(null, NameOf(child.AdjacentParent));
            }

            answer.EndList();
            WriteRange(answer, child.Range);
            answer.EndMap();
        }

        answer.EndList();
    }

    public static void CheckId(Constraints constraints, string member, string? shardId)
    {
        constraints.Require(member, shardId is not null);
        constraints.Length(member, shardId, 1, 128);
        constraints.Pattern(member, shardId, shardId is null or "" || LocalKinesisOptions.StreamName().IsMatch(shardId), "[a-zA-Z0-9_.-]+");
    }

    private static void WriteRange(WireWriter answer, HashRange range)
    {
        answer.StartMap("HashKeyRange");
        answer.Text("StartingHashKey", range.Start.ToString(CultureInfo.InvariantCulture));
        answer.Text("EndingHashKey", range.End.ToString(CultureInfo.InvariantCulture));
        answer.EndMap();
    }

    private static string? NameOf(int? index) => index is { } number ? ShardInfo.NameOf(number) : null;
}
