using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Amazon.Runtime;
using DataProcessor.Aws.Retry;
using DataProcessor.Aws.Signing;
using DataProcessor.Aws.Transport;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Aws.Kinesis;

/// <summary>
/// Kinesis Data Streams over its wire protocol. Every call throws <see cref="KinesisException"/> when the service refuses it,
/// does not answer, or answers what cannot be read. May be called from many threads.
/// </summary>
public sealed partial class KinesisClient : IDisposable
{
    private readonly HttpMessageInvoker _http;
    private readonly RetryingCaller _calls;
    private readonly ShardIds _shardIds = new();

    /// <param name="options">See there.</param>
    /// <param name="credentials">Asked for at each attempt; see <see cref="KinesisCredentials.For"/>.</param>
    /// <param name="handler">The client's own from here on; see <see cref="KinesisTransport.CreateHandler"/>.</param>
    /// <param name="time">Runs time-outs and back-off, and dates signatures.</param>
    /// <param name="random">Seed of the back-off's jitter; read here and never again.</param>
    /// <param name="logger">Told of retries.</param>
    public KinesisClient(
        KinesisClientOptions options,
        AWSCredentials credentials,
        HttpMessageHandler handler,
        TimeProvider time,
        Random random,
        ILogger<KinesisClient> logger)
    {
        var endpoint = KinesisEndpoint.For(options);
        var clock = new ClockSkew(time);
        _http = new HttpMessageInvoker(handler);
        _calls = new RetryingCaller(
            new AttemptSender(
                new SignedRequests(endpoint, new RequestSigner(options.Region, "kinesis"), credentials, clock),
                _http,
                time,
                options.RequestTimeout),
            new RetryQuota(),
            new JitteredBackOff(options.BackOff, random),
            clock,
            time,
            options.MaxAttempts,
            logger);
    }

    public void Dispose() => _http.Dispose();

    private async ValueTask<TReply> CallAsync<TMessage, TReply>(
        KinesisOperation operation,
        TMessage message,
        JsonTypeInfo<TMessage> messageType,
        JsonTypeInfo<TReply> replyType,
        CancellationToken cancellationToken)
    {
        using var body = RequestBody.Of(JsonSerializer.SerializeToUtf8Bytes(message, messageType));
        using var answer = await _calls.SendAsync(operation, body, cancellationToken);
        return Decode(operation, answer, bytes => DeserializeRequired(bytes, replyType));
    }

    private async ValueTask CallAsync<TMessage>(
        KinesisOperation operation, TMessage message, JsonTypeInfo<TMessage> messageType, CancellationToken cancellationToken)
    {
        using var body = RequestBody.Of(JsonSerializer.SerializeToUtf8Bytes(message, messageType));
        using var answer = await _calls.SendAsync(operation, body, cancellationToken);
    }

    private static TReply DeserializeRequired<TReply>(ResponseBody answer, JsonTypeInfo<TReply> replyType) =>
        JsonSerializer.Deserialize(answer.Bytes, replyType) ?? throw new FormatException("the answer is null");

    private static T Decode<T>(KinesisOperation operation, ResponseBody answer, Func<ResponseBody, T> decode)
    {
        try
        {
            return decode(answer);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw KinesisErrors.UnreadableAnswer(operation, KinesisErrors.InvalidResponse, e);
        }
    }
}
