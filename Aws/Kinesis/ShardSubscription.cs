using System.Text.Json;
using DataProcessor.Aws.EventStream;

namespace DataProcessor.Aws.Kinesis;

/// <summary>
/// A shard's records as the service pushes them, for 5 minutes at the most. Nothing is read ahead: as long as nobody asks for
/// <see cref="NextAsync"/>, the service can send no more than the connection's window for this subscription
/// (<see cref="KinesisTransport"/>) and then has to wait. One call at a time.
/// </summary>
public sealed class ShardSubscription : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly EventMessageReader _messages;
    private readonly string _requestId;
    private SubscriptionEvent? _first;
    private State _state;

    private ShardSubscription(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _messages = new EventMessageReader(body);
        _requestId = KinesisErrors.RequestId(response);
    }

    private enum State
    {
        Open,
        Ended,
        Broken,
    }

    /// <summary>
    /// The next event; waits for it without limit, so the caller decides when silence is a stall. Nothing else ends a call:
    /// cancelling it ends the subscription too, because the event may have been read in part.
    /// </summary>
    /// <returns>
    /// Null when the service ended the subscription in good order: its 5 minutes are over, or the shard has been read to the
    /// end. The records of an event share one buffer, which is the caller's to keep.
    /// </returns>
    /// <exception cref="KinesisException">
    /// The service's own error, by its code; <see cref="KinesisException.NoAnswer"/> when the connection was lost;
    /// <c>InvalidResponse</c> when what came cannot be read. The subscription is over.
    /// </exception>
    /// <exception cref="InvalidOperationException">An earlier call has failed, or the subscription has been disposed.</exception>
    public ValueTask<SubscriptionEvent?> NextAsync(CancellationToken cancellationToken) =>
        ReceiveAsync(static (subscription, cancellation) => subscription.TakeAsync(cancellation), cancellationToken);

    /// <summary>
    /// Waits for the next event without taking it, so that the caller can make room for it first. Waits, ends and fails as
    /// <see cref="NextAsync"/> does.
    /// </summary>
    /// <returns>Bytes of memory that the event is going to take; 0 if it was read already; null at the end.</returns>
    public ValueTask<int?> AwaitNextAsync(CancellationToken cancellationToken) =>
        ReceiveAsync(static (subscription, cancellation) => subscription.AnnounceAsync(cancellation), cancellationToken);

    /// <summary>Ends the subscription at once. For the service it still counts as one until it has noticed.</summary>
    public ValueTask DisposeAsync()
    {
        Close();
        return default;
    }

    /// <summary>
    /// Waits for the first message, within the attempt's time: the service sends an initial response at once, or its refusal.
    /// An event, where there is no initial response, is kept for the first <see cref="NextAsync"/>.
    /// </summary>
    internal static async ValueTask<ShardSubscription> OpenAsync(
        KinesisOperation operation, HttpResponseMessage response, CancellationToken attempt)
    {
        ShardSubscription? subscription = null;
        try
        {
            subscription = new ShardSubscription(response, await response.Content.ReadAsStreamAsync(attempt));
            subscription._first = await subscription.ReadAsync(attempt);
            return subscription;
        }
        catch (Exception e)
        {
            response.Dispose();
            ThrowIfUnreadable(e);
            throw;
        }
    }

    /// <summary>One turn of reading, whose failure is the subscription's end.</summary>
    private async ValueTask<T> ReceiveAsync<T>(
        Func<ShardSubscription, CancellationToken, ValueTask<T>> receive, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_state is State.Broken)
        {
            throw new InvalidOperationException("The subscription is over: it was disposed, or an earlier call has failed.");
        }

        try
        {
            return await receive(this, cancellationToken);
        }
        catch (Exception e)
        {
            Close();
            cancellationToken.ThrowIfCancellationRequested();
            if (e is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
            {
                throw new KinesisException(
                    KinesisException.NoAnswer, $"SubscribeToShard: the connection was lost (request id {_requestId}): {e.Message}", 0, e);
            }

            ThrowIfUnreadable(e);
            throw;
        }
    }

    private async ValueTask<SubscriptionEvent?> TakeAsync(CancellationToken cancellationToken)
    {
        if (_first is { } first)
        {
            _first = null;
            return first;
        }

        while (_state is State.Open)
        {
            if (await ReadAsync(cancellationToken) is { } next)
            {
                return next;
            }
        }

        return null;
    }

    private async ValueTask<int?> AnnounceAsync(CancellationToken cancellationToken)
    {
        if (_first is not null)
        {
            return 0;
        }

        if (_state is State.Ended)
        {
            return null;
        }

        var bytes = await _messages.AwaitNextAsync(cancellationToken);
        if (bytes is null)
        {
            _state = State.Ended;
        }

        return bytes;
    }

    /// <returns>Null after a message without an event, and at the end.</returns>
    private async ValueTask<SubscriptionEvent?> ReadAsync(CancellationToken cancellationToken)
    {
        if (await _messages.ReadAsync(cancellationToken) is { } message)
        {
            return SubscribeToShardCodec.Decode(message, _requestId);
        }

        _state = State.Ended;
        return null;
    }

    private static void ThrowIfUnreadable(Exception e)
    {
        if (e is FormatException or JsonException or InvalidOperationException and not ObjectDisposedException)
        {
            throw KinesisErrors.UnreadableAnswer(KinesisOperation.SubscribeToShard, KinesisErrors.InvalidResponse, e);
        }
    }

    private void Close()
    {
        _state = State.Broken;
        _response.Dispose();
    }
}
