using DataProcessor.Aws.Local.Faults;
using DataProcessor.Aws.Local.Limits;
using DataProcessor.Aws.Local.Streams;
using DataProcessor.Aws.Local.Wire.Events;
using DataProcessor.Aws.Local.Wire.Operations;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Aws.Local.Wire;

/// <summary>From a request's bytes to an answer's, with nothing of HTTP but its words; all on the caller's thread.</summary>
internal sealed partial class Dispatcher(
    StreamCatalog catalog,
    LocalKinesisCounters counters,
    CallLimits? limits,
    TimeProvider time,
    ILogger<Dispatcher> logger) : IAsyncDisposable
{
    private readonly long _startMs = time.GetUtcNow().ToUnixTimeMilliseconds();
    private readonly LatePuts _latePuts = new(counters, time, logger);
    private long _requests;

    public FaultSwitch Faults { get; } = new(counters);

    /// <summary>Answers a call, also when it fails; throws <see cref="ConnectionResetException"/> for an injected reset.</summary>
    public async ValueTask<WireResponse> HandleAsync(WireRequest request, CancellationToken cancellationToken)
    {
        var encoding = WireContentType.Parse(request.ContentType);
        var answer = WireWriter.Create(encoding ?? WireEncoding.Json);
        try
        {
            var events = await CallAsync(request, encoding, answer, cancellationToken);
            return Respond(answer, 200, events);
        }
        catch (ServiceException e)
        {
            return RespondError(answer, e);
        }
        catch (Exception e) when (e is not (OperationCanceledException or ConnectionResetException))
        {
            LogFailed(e, request.Target);
            return RespondError(answer, ServiceErrors.Internal($"The local Kinesis failed: {e.Message}"));
        }
        finally
        {
            answer.Dispose();
        }
    }

    public ValueTask DisposeAsync() => _latePuts.DisposeAsync();

    private async ValueTask<SubscriptionEvents?> CallAsync(
        WireRequest request, WireEncoding? encoding, WireWriter answer, CancellationToken cancellationToken)
    {
        // 1 Is it a call that we know?
        var (name, operation) = Find(request, encoding);
        counters.OnCall(name);

        // 2 Does it fail on purpose?
        var fault = Faults.For(name) is { } injector ? await FailBeforeAsync(injector, name, cancellationToken) : default;

        // 3 Is it one call too many?
        if (limits?.TryCall(name) == false)
        {
            counters.OnCallThrottled();
            throw ServiceErrors.LimitExceeded($"Rate exceeded for {name} under account {catalog.AccountId}.");
        }

        // 4 Does it get lost and turn up later?
        if (fault.Kind == CallFault.LandLate && name is "PutRecord" or "PutRecords"
            && _latePuts.TryBegin(request.Body, fault.Lateness, body => LandAsync(name, operation, body, answer.Encoding)))
        {
            throw new ConnectionResetException();
        }

        // 5 Read, do, write.
        var context = new OperationContext(catalog, counters, Faults, logger);
        await RunAsync(context, name, operation, request.Body, answer);

        // 6 Does its answer get lost?
        if (fault.Kind == CallFault.ResetAfter)
        {
            context.Events?.Dispose();
            counters.OnInjectedResetAfter();
            throw new ConnectionResetException();
        }

        return context.Events;
    }

    private async ValueTask LandAsync(string name, Operation operation, Memory<byte> body, WireEncoding encoding)
    {
        using var unread = WireWriter.Create(encoding);
        await RunAsync(new OperationContext(catalog, counters, Faults, logger), name, operation, body, unread);
    }

    private async ValueTask RunAsync(OperationContext context, string name, Operation operation, Memory<byte> body, WireWriter answer)
    {
        using var document = new WireDocument(answer.Encoding);
        if (answer.Encoding == WireEncoding.Cbor)
        {
            CborDecoder.Decode(body, document);
        }
        else
        {
            JsonDecoder.Decode(body, document);
        }

        await catalog.SettleAsync();
        catalog.DeleteExpired();
        if (OperationTable.HasAnswer(name))
        {
            answer.StartMap();
            await operation(context, document.Root, answer);
            answer.EndMap();
        }
        else
        {
            await operation(context, document.Root, answer);
        }
    }

    private static (string Name, Operation Operation) Find(WireRequest request, WireEncoding? encoding)
    {
        if (encoding is null)
        {
            throw new ServiceException(
                "UnknownOperationException", $"Content-Type '{request.ContentType}' is not taken; send {WireContentType.Json} or {WireContentType.Cbor}.");
        }

        if (request.Target is not { } target || !target.StartsWith(OperationTable.TargetPrefix, StringComparison.Ordinal))
        {
            throw new ServiceException(
                "UnknownOperationException", $"X-Amz-Target '{request.Target}' is not an operation of {OperationTable.TargetPrefix}*.");
        }

        if (!request.IsSigned)
        {
            throw new ServiceException("MissingAuthenticationTokenException", "Missing Authentication Token");
        }

        var name = target[OperationTable.TargetPrefix.Length..];
        return OperationTable.Find(name) is { } operation
            ? (name, operation)
            : throw new ServiceException("UnknownOperationException", $"{name} is not implemented by the local Kinesis.");
    }

    private async ValueTask<NextFault> FailBeforeAsync(FaultInjector faults, string name, CancellationToken cancellationToken)
    {
        var fault = faults.NextCall();
        if (fault.Delay > TimeSpan.Zero)
        {
            await Task.Delay(fault.Delay, time, cancellationToken);
        }

        return fault.Kind switch
        {
            CallFault.ThrottleCall => throw Throttled(name),
            CallFault.FailBefore => throw ServiceErrors.Internal("A fault of the local Kinesis, as its faults ask for."),
            CallFault.ResetBefore => throw new ConnectionResetException(),
            _ => fault,
        };
    }

    private static ServiceException Throttled(string name) => name is "PutRecords" or "PutRecord" or "GetRecords" or "GetShardIterator"
        ? new ServiceException(ServiceErrors.ThroughputExceeded, "Rate exceeded, as the faults of the local Kinesis ask for.")
        : ServiceErrors.LimitExceeded("Rate exceeded, as the faults of the local Kinesis ask for.");

    private WireResponse RespondError(WireWriter partial, ServiceException error)
    {
        // Whatever was written of the answer is void.
        using var answer = WireWriter.Create(partial.Encoding);
        answer.StartMap();
        answer.Text("__type", error.Code);
        answer.Text("message", error.Message);
        answer.EndMap();
        return Respond(answer, error.StatusCode);
    }

    private WireResponse Respond(WireWriter answer, int statusCode, SubscriptionEvents? events = null)
    {
        var (buffer, length) = answer.Finish();
        var contentType = events is null ? WireContentType.Of(answer.Encoding) : EventMessage.ContentType;
        return new WireResponse(statusCode, contentType, NextRequestId(), time.GetUtcNow(), buffer, length) { Events = events };
    }

    // Looks like the service's and can be foretold, so that simulated runs are the same.
    private string NextRequestId()
    {
        Span<byte> id = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(id, _startMs);
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(id[8..], Interlocked.Increment(ref _requests));
        return new Guid(id, bigEndian: true).ToString();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Target} failed")]
    private partial void LogFailed(Exception exception, string? target);
}
