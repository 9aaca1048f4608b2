using System.Buffers;
using DataProcessor.Aws.Local.Wire.Events;

namespace DataProcessor.Aws.Local.Wire;

/// <summary>The answer to a call; its body's buffer goes back to the pool when it is disposed.</summary>
internal sealed class WireResponse(int statusCode, string contentType, string requestId, DateTimeOffset date, byte[] buffer, int length)
    : IDisposable
{
    /// <summary>Events in place of a body; whoever sends them disposes them.</summary>
    public SubscriptionEvents? Events { get; init; }

    public int StatusCode => statusCode;

    public string ContentType => contentType;

    /// <summary>x-amzn-RequestId.</summary>
    public string RequestId => requestId;

    public DateTimeOffset Date => date;

    public ReadOnlyMemory<byte> Body => buffer.AsMemory(0, length);

    public void Dispose()
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>An injected fault: the connection has to break instead of an answer.</summary>
internal sealed class ConnectionResetException() : IOException("The local Kinesis reset the connection, as its faults ask for.");
