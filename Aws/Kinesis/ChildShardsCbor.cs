using DataProcessor.Aws.Cbor;

namespace DataProcessor.Aws.Kinesis;

/// <summary>A list of <see cref="ChildShard"/>s in CBOR.</summary>
internal static class ChildShardsCbor
{
    public static ChildShard[] Read(ref CborReader reader)
    {
        var children = new List<ChildShard>();
        for (var items = reader.ReadArray(); reader.MoveNext(ref items);)
        {
            children.Add(ReadChild(ref reader));
        }

        return [.. children];
    }

    private static ChildShard ReadChild(ref CborReader reader)
    {
        string? id = null;
        string[] parents = [];
        (string? start, string? end) = (null, null);
        for (var pairs = reader.ReadMap(); reader.MoveNext(ref pairs);)
        {
            var key = reader.ReadText();
            if (key.SequenceEqual("ShardId"u8))
            {
                id = reader.ReadTextAsString();
            }
            else if (key.SequenceEqual("ParentShards"u8))
            {
                parents = ReadTexts(ref reader);
            }
            else if (key.SequenceEqual("HashKeyRange"u8))
            {
                (start, end) = ReadRange(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return id is not null && start is not null && end is not null
            ? new ChildShard(id, parents, start, end)
            : throw new FormatException("a child shard has no ShardId or no HashKeyRange");
    }

    private static string[] ReadTexts(ref CborReader reader)
    {
        var texts = new List<string>();
        for (var items = reader.ReadArray(); reader.MoveNext(ref items);)
        {
            texts.Add(reader.ReadTextAsString());
        }

        return [.. texts];
    }

    private static (string? Start, string? End) ReadRange(ref CborReader reader)
    {
        (string? start, string? end) = (null, null);
        for (var pairs = reader.ReadMap(); reader.MoveNext(ref pairs);)
        {
            var key = reader.ReadText();
            if (key.SequenceEqual("StartingHashKey"u8))
            {
                start = reader.ReadTextAsString();
            }
            else if (key.SequenceEqual("EndingHashKey"u8))
            {
                end = reader.ReadTextAsString();
            }
            else
            {
                reader.Skip();
            }
        }

        return (start, end);
    }
}
