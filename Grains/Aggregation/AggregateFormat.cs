using System.Security.Cryptography;

namespace DataProcessor.Grains.Aggregation;

/// <summary>
/// KPL's aggregated record: magic | protobuf AggregatedRecord | MD5 of the protobuf bytes.
/// <code>
/// AggregatedRecord { repeated string partition_key_table = 1; repeated string explicit_hash_key_table = 2;
///                    repeated Record records = 3; }
/// Record { required uint64 partition_key_index = 1; optional uint64 explicit_hash_key_index = 2;
///          required bytes data = 3; repeated Tag tags = 4; }
/// Tag { required string key = 1; optional string value = 2; }
/// </code>
/// </summary>
internal static class AggregateFormat
{
    public const int MagicSize = 4;
    public const int DigestSize = MD5.HashSizeInBytes;

    /// <summary>Outer partition key of KPL's aggregates.</summary>
    public const string KplOuterPartitionKey = "a";

    /// <summary>
    /// Outer partition key of ours. It tells a reader that the aggregate is to be taken whole or not at all: its
    /// producer settles all of its records or sends all of them again.
    /// </summary>
    public const string OuterPartitionKey = "dp";

    // Protobuf field keys: field number << 3 | wire type (0 varint, 2 length-delimited).
    public const byte PartitionKeyTableField = (1 << 3) | 2;
    public const byte ExplicitHashKeyTableField = (2 << 3) | 2;
    public const byte RecordsField = (3 << 3) | 2;
    public const byte PartitionKeyIndexField = 1 << 3;
    public const byte ExplicitHashKeyIndexField = 2 << 3;
    public const byte DataField = (3 << 3) | 2;
    public const byte TagsField = (4 << 3) | 2;
    public const byte TagKeyField = (1 << 3) | 2;
    public const byte TagValueField = (2 << 3) | 2;

    public static ReadOnlySpan<byte> Magic => [0xF3, 0x89, 0x9A, 0xC2];
}
