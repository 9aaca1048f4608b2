using DataProcessor.Aws.Cbor;
using DataProcessor.Aws.EventStream;
using DataProcessor.Aws.Transport;

namespace DataProcessor.Aws.Kinesis;

/// <summary>SubscribeToShard's request in CBOR and the messages of its event stream.</summary>
internal static class SubscribeToShardCodec
{
    // Heads, the names of all fields, the longest type, a timestamp.
    private const int RequestFraming = 128;
    private const int MaxUtf8BytesPerChar = 3;

    public static RequestBody Encode(string consumerArn, string shardId, in ShardIteratorStart start)
    {
        var textLength = consumerArn.Length + shardId.Length + start.Type.Length + (start.SequenceNumber?.Length ?? 0);
        var writer = new CborWriter(RequestFraming + (textLength * MaxUtf8BytesPerChar));
        try
        {
            writer.WriteMap(3);
            writer.WriteText("ConsumerARN"u8);
            writer.WriteText(consumerArn);
            writer.WriteText("ShardId"u8);
            writer.WriteText(shardId);
            writer.WriteText("StartingPosition"u8);
            WriteStart(ref writer, start);
            return writer.Detach();
        }
        finally
        {
            writer.Dispose();
        }
    }

    /// <returns>Null for a message that carries no event: the initial response, and events that are not known yet.</returns>
    /// <exception cref="KinesisException">The message is an exception.</exception>
    /// <exception cref="FormatException">The message, or its payload, cannot be read.</exception>
    public static SubscriptionEvent? Decode(in EventMessage message, string requestId)
    {
        switch (message.Text(":message-type"u8))
        {
            case "event":
                return message.Text(":event-type"u8) is "SubscribeToShardEvent" ? DecodeEvent(message.Payload) : null;
            case "exception":
                var type = message.Text(":exception-type"u8);
                throw KinesisErrors.FromEventStream(KinesisOperation.SubscribeToShard, requestId, type, message.Payload.Span);
            case "error":
                throw KinesisErrors.FromEventStream(
                    KinesisOperation.SubscribeToShard, requestId, message.Text(":error-code"u8), message.Text(":error-message"u8));
            case var other:
                throw new FormatException($"a message of type '{other}'");
        }
    }

    private static SubscriptionEvent DecodeEvent(Memory<byte> payload)
    {
        var page = RecordPage.Decode(payload, "ContinuationSequenceNumber"u8);
        return new SubscriptionEvent(page.Records, page.Cursor, page.MillisBehindLatest, page.ChildShards);
    }

    private static void WriteStart(ref CborWriter writer, in ShardIteratorStart start)
    {
        writer.WriteMap(1 + (start.SequenceNumber is null ? 0 : 1) + (start.Timestamp is null ? 0 : 1));
        writer.WriteText("Type"u8);
        writer.WriteText(start.Type);
        if (start.SequenceNumber is { } sequenceNumber)
        {
            writer.WriteText("SequenceNumber"u8);
            writer.WriteText(sequenceNumber);
        }

        if (start.Timestamp is { } time)
        {
            writer.WriteText("Timestamp"u8);
            writer.WriteTimestamp(time);
        }
    }
}
