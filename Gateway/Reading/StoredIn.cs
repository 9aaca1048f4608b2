using System.Text;
using System.Text.Json;

namespace DataProcessor.Gateway.Reading;

/// <summary>The Kinesis record that holds a run of user records; one instance is shared by all of the run.</summary>
/// <param name="shardId">Its shard.</param>
/// <param name="sequenceNumber">Its place there.</param>
/// <param name="attempts">How often its producer sent it.</param>
internal sealed class StoredIn(string shardId, SequenceNumber sequenceNumber, int attempts)
{
    private byte[]? _json;

    public string ShardId => shardId;

    public SequenceNumber SequenceNumber => sequenceNumber;

    public int Attempts => attempts;

    /// <summary>
    /// <c>"shardId":"…","sequenceNumber":"…"</c>, written once for all records of the run: most of an answer is this.
    /// </summary>
    public ReadOnlySpan<byte> Json => _json ??= Encoding.UTF8.GetBytes(
        $"\"shardId\":\"{JsonEncodedText.Encode(shardId)}\",\"sequenceNumber\":\"{JsonEncodedText.Encode(sequenceNumber.ToString())}\"");
}
