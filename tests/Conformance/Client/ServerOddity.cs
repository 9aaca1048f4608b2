namespace DataProcessor.Conformance.Client;

/// <summary>
/// Where a server is known not to do as Kinesis does. A test that meets one asserts the odd behaviour, so that this list stays
/// true.
/// </summary>
[Flags]
public enum ServerOddity
{
    None = 0,

    /// <summary>Data that was put in CBOR comes back as the fields of JavaScript's Buffer, an answer that our client refuses.</summary>
    UnreadableData = 1,

    /// <summary>CBOR answers are cut after 16 KiB.</summary>
    LongAnswersAreCut = 2,

    /// <summary>ListShards takes no filter into account.</summary>
    ShardFilterIsIgnored = 4,

    /// <summary>A closed shard ends at 9223372036854775807, below its start.</summary>
    ClosedShardEndsBelowItsStart = 8,

    /// <summary>A value outside an enumeration is a SerializationException, where Kinesis answers ValidationException.</summary>
    UnknownValueIsSerializationError = 16,

    /// <summary>
    /// A text that is too short or against its pattern is an InvalidArgumentException, where Kinesis answers ValidationException.
    /// </summary>
    BadTextIsInvalidArgument = 32,

    /// <summary>A shard iterator that is none is a 500 without a body, where Kinesis answers InvalidArgumentException.</summary>
    BadIteratorIsServerError = 64,

    /// <summary>UpdateShardCount is no operation of it.</summary>
    NoUpdateShardCount = 128,

    /// <summary>DescribeLimits is no operation of it.</summary>
    NoLimits = 256,

    /// <summary>There are no consumers, and so no subscriptions.</summary>
    NoConsumers = 512,
}
