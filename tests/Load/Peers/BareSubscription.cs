using System.Buffers.Binary;
using System.Formats.Cbor;
using System.IO.Hashing;
using System.Net;
using System.Net.Http.Headers;

namespace DataProcessor.Load.Peers;

/// <summary>
/// One shard's records as pushed, on the wire: HTTP/1.1, event-stream messages in one buffer that is reused. It renews
/// itself when the service ends it after 5 minutes. For the embedded Kinesis only, which does not verify signatures.
/// </summary>
internal sealed class BareSubscription(
    HttpMessageInvoker http, Uri endpoint, string consumerArn, string shardId, string from) : IDisposable
{
    private const int PreludeLength = 12;
    private const int ChecksumLength = 4;
    private const string Cbor = "application/x-amz-cbor-1.1";

    private byte[] _message = new byte[64 * 1024];
    private HttpResponseMessage? _response;
    private Stream? _body;
    private string? _continuation;
    private bool _hasEnded;

    /// <summary>Subscribes at the start, or after what was read.</summary>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        _response?.Dispose();
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Version = HttpVersion.Version11,
            Content = new ByteArrayContent(Body()) { Headers = { ContentType = new MediaTypeHeaderValue(Cbor) } },
        };
        request.Headers.Add("X-Amz-Target", "Kinesis_20131202.SubscribeToShard");
        request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=local/unsigned");
        _response = await http.SendAsync(request, cancellation);
        if (!_response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(
                $"SubscribeToShard of {shardId}: {await _response.Content.ReadAsStringAsync(cancellation)}");
        }

        _body = await _response.Content.ReadAsStreamAsync(cancellation);
    }

    /// <summary>The next event, with or without records; null after the shard's last.</summary>
    public async ValueTask<BareEvent?> NextAsync(CancellationToken cancellation)
    {
        while (!_hasEnded)
        {
            var length = await ReadMessageAsync(cancellation);
            if (length == 0)
            {
                await OpenAsync(cancellation);
            }
            else if (TryReadEvent(_message.AsSpan(0, length), out var read))
            {
                _continuation = read.Continuation;
                _hasEnded = _continuation is null;
                return read;
            }
        }

        return null;
    }

    public void Dispose() => _response?.Dispose();

    /// <returns>Length of the message that is now in the buffer; 0 at the stream's end.</returns>
    private async ValueTask<int> ReadMessageAsync(CancellationToken cancellation)
    {
        var read = await _body!.ReadAtLeastAsync(_message.AsMemory(0, PreludeLength), PreludeLength, throwOnEndOfStream: false, cancellation);
        if (read == 0)
        {
            return 0;
        }

        var length = BinaryPrimitives.ReadInt32BigEndian(_message);
        Verify(_message.AsSpan(0, PreludeLength - ChecksumLength), _message.AsSpan(PreludeLength - ChecksumLength));
        if (length > _message.Length)
        {
            Array.Resize(ref _message, length);
        }

        await _body.ReadExactlyAsync(_message.AsMemory(PreludeLength, length - PreludeLength), cancellation);
        Verify(_message.AsSpan(0, length - ChecksumLength), _message.AsSpan(length - ChecksumLength));
        return length;
    }

    private static bool TryReadEvent(ReadOnlySpan<byte> message, out BareEvent read)
    {
        var headersLength = BinaryPrimitives.ReadInt32BigEndian(message[4..]);
        var headers = message.Slice(PreludeLength, headersLength);
        var payload = message[(PreludeLength + headersLength)..^ChecksumLength];
        if (headers.IndexOf("exception-type"u8) >= 0)
        {
            throw new InvalidOperationException($"The subscription failed: {System.Text.Encoding.UTF8.GetString(payload)}");
        }

        var isEvent = headers.IndexOf("SubscribeToShardEvent"u8) >= 0;
        read = isEvent ? BareEvent.Read(payload) : default;
        return isEvent;
    }

    private static void Verify(ReadOnlySpan<byte> summed, ReadOnlySpan<byte> checksum)
    {
        if (Crc32.HashToUInt32(summed) != BinaryPrimitives.ReadUInt32BigEndian(checksum))
        {
            throw new InvalidDataException("The checksum of a message is wrong.");
        }
    }

    private byte[] Body()
    {
        var cbor = new CborWriter();
        cbor.WriteStartMap(3);
        cbor.WriteTextString("ConsumerARN");
        cbor.WriteTextString(consumerArn);
        cbor.WriteTextString("ShardId");
        cbor.WriteTextString(shardId);
        cbor.WriteTextString("StartingPosition");
        cbor.WriteStartMap(_continuation is null ? 1 : 2);
        cbor.WriteTextString("Type");
        cbor.WriteTextString(_continuation is null ? from : "AFTER_SEQUENCE_NUMBER");
        if (_continuation is not null)
        {
            cbor.WriteTextString("SequenceNumber");
            cbor.WriteTextString(_continuation);
        }

        cbor.WriteEndMap();
        cbor.WriteEndMap();
        return cbor.Encode();
    }
}
