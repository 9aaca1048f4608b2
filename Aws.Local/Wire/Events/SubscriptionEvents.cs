using System.Buffers;
using DataProcessor.Aws.Local.Faults;
using DataProcessor.Aws.Local.Streams;
using DataProcessor.Aws.Local.Wire.Operations;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Aws.Local.Wire.Events;

/// <summary>
/// The body of SubscribeToShard's answer, message by message. Pulled: at most one message is in memory, and the log is not
/// read before that was taken.
/// </summary>
internal sealed partial class SubscriptionEvents(
    Subscription subscription, KinesisStream stream, WireEncoding encoding, OperationContext context, ILogger logger) : IDisposable
{
    private readonly string _contentType = WireContentType.Of(encoding);
    private byte[] _buffer = [];
    private bool _hasBegun;
    private bool _isOver;

    /// <summary>The next message, valid until the next call; empty at the end. Throws ConnectionResetException for an injected drop.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> NextAsync(CancellationToken cancellationToken)
    {
        ReturnBuffer();
        if (_isOver)
        {
            return default;
        }

        if (!_hasBegun)
        {
            _hasBegun = true;
            return Initial();
        }

        try
        {
            using var batch = await subscription.NextAsync(cancellationToken);
            _isOver = batch?.Continuation is null;
            return batch is null ? default : Event(batch);
        }
        catch (ServiceException e)
        {
            return Exception(e);
        }
        catch (Exception e) when (e is not (OperationCanceledException or ConnectionResetException))
        {
            LogFailed(e);
            return Exception(ServiceErrors.Internal($"The local Kinesis failed: {e.Message}"));
        }
    }

    public void Dispose() => subscription.Dispose();

    private ReadOnlyMemory<byte> Initial()
    {
        using var payload = WireWriter.Create(encoding);
        payload.StartMap();
        payload.EndMap();
        return Send(payload, content => EventMessage.Event("initial-response", _contentType, content.Span));
    }

    private ReadOnlyMemory<byte> Event(PushedBatch batch)
    {
        switch (context.Faults.For(SubscribeToShardOperation.Name)?.NextEvent())
        {
            case EventFault.Drop:
                _isOver = true;
                throw new ConnectionResetException();
            case EventFault.Fail:
                return Exception(ServiceErrors.Internal("A fault of the local Kinesis, as its faults ask for."));
        }

        using var payload = WireWriter.Create(encoding);
        payload.StartMap();
        RecordShape.WriteAll(payload, batch.Batch, stream.Info.CreationMs, batch.Shard.Index);
        payload.OptionalText("ContinuationSequenceNumber", batch.Continuation?.ToString());
        payload.Integer("MillisBehindLatest", batch.MillisBehindLatest);
        if (batch.Continuation is null)
        {
            ShardShape.WriteChildren(payload, stream.Info, batch.Shard.Index);
        }

        payload.EndMap();
        context.Counters.OnPushed(batch.Batch.Records.Count, batch.Batch.Bytes);
        return Send(payload, content => EventMessage.Event("SubscribeToShardEvent", _contentType, content.Span));
    }

    private ReadOnlyMemory<byte> Exception(ServiceException error)
    {
        _isOver = true;
        using var payload = WireWriter.Create(encoding);
        payload.StartMap();
        payload.Text("message", error.Message);
        payload.EndMap();

        // The only error whose name differs between an answer and an event.
        var type = error.Code == ServiceErrors.InternalFailure ? "InternalFailureException" : error.Code;
        return Send(payload, content => EventMessage.Exception(type, _contentType, content.Span));
    }

    private ReadOnlyMemory<byte> Send(WireWriter payload, Func<ReadOnlyMemory<byte>, (byte[] Buffer, int Length)> frame)
    {
        var (content, contentLength) = payload.Finish();
        try
        {
            (_buffer, var length) = frame(content.AsMemory(0, contentLength));
            return _buffer.AsMemory(0, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(content);
        }
    }

    private void ReturnBuffer()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A subscription failed")]
    private partial void LogFailed(Exception exception);
}
