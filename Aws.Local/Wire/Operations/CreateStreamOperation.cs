using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire.Operations;

/// <summary>
/// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html. Tags are taken and have no effect;
/// on-demand streams are refused, since nothing here would scale them.
/// </summary>
internal static class CreateStreamOperation
{
    /// <summary>Shards of a stream.</summary>
    public const int MaxShards = 10_000;

    public static ValueTask Handle(OperationContext context, WireValue request, WireWriter answer)
    {
        string? name = null, mode = null;
        int? shardCount = null;
        var maxRecordSizeInKiB = 1_024;
        foreach (var member in request.Members)
        {
            if (member.Is("StreamName"u8))
            {
                name = member.Value.Text;
            }
            else if (member.Is("ShardCount"u8))
            {
                shardCount = member.Value.Int32;
            }
            else if (member.Is("MaxRecordSizeInKiB"u8))
            {
                maxRecordSizeInKiB = member.Value.Int32;
            }
            else if (member.Is("StreamModeDetails"u8))
            {
                mode = ReadMode(member.Value);
            }
        }

        var constraints = new Constraints();
        constraints.Require("streamName", name is not null);
        StreamReference.CheckName(constraints, "streamName", name);
        constraints.Range("shardCount", shardCount, 1, MaxShards);
        constraints.Range("maxRecordSizeInKiB", maxRecordSizeInKiB, 1_024, 10_240);
        constraints.OneOf("streamModeDetails.streamMode", mode, ["PROVISIONED", "ON_DEMAND"]);
        constraints.ThrowIfAny();
        if (mode == "ON_DEMAND")
        {
            throw ServiceErrors.Validation("StreamMode ON_DEMAND is not implemented by the local Kinesis; use PROVISIONED and a ShardCount.");
        }

        if (shardCount is not { } shards)
        {
            throw ServiceErrors.Validation("ShardCount is required for a stream in PROVISIONED mode.");
        }

        context.Catalog.Create(name!, shards, maxRecordSizeInKiB);
        return ValueTask.CompletedTask;
    }

    private static string? ReadMode(WireValue details)
    {
        foreach (var member in details.Members)
        {
            if (member.Is("StreamMode"u8))
            {
                return member.Value.Text;
            }
        }

        return null;
    }
}
