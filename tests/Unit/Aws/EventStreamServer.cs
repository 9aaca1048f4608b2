using System.Text;
using Microsoft.AspNetCore.Http;
using Foreign = Amazon.Runtime.EventStreams;

namespace DataProcessor.Unit.Aws;

/// <summary>The service's side of a subscription, in messages that AWSSDK.Core's encoder writes.</summary>
internal static class EventStreamServer
{
    public static readonly byte[] InitialResponse = Event("initial-response", "{}"u8.ToArray());

    public static byte[] Event(WirePage page, WireForm form) =>
        Event("SubscribeToShardEvent", page.Encode(form, "ContinuationSequenceNumber"));

    public static byte[] Event(string type, byte[] payload) =>
        Message(payload, (":message-type", "event"), (":event-type", type), (":content-type", "application/x-amz-cbor-1.1"));

    public static byte[] Exception(string type, string payload) =>
        Message(Encoding.UTF8.GetBytes(payload), (":exception-type", type), (":message-type", "exception"));

    public static byte[] Message(byte[] payload, params (string Name, string Value)[] headers)
    {
        var written = new List<Foreign.IEventStreamHeader>();
        foreach ((var name, var value) in headers)
        {
            var header = new Foreign.EventStreamHeader(name);
            header.SetString(value);
            written.Add(header);
        }

        return new Foreign.EventStreamMessage(written, payload).ToByteArray();
    }

    /// <summary>Sends the messages one by one and ends the stream in good order.</summary>
    public static RequestDelegate Stream(params byte[][] messages) => async context =>
    {
        foreach (var message in messages)
        {
            await SendAsync(context, message);
        }
    };

    public static async Task SendAsync(HttpContext context, byte[] bytes)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = "application/vnd.amazon.eventstream";
            context.Response.Headers["x-amzn-RequestId"] = "request-7";
        }

        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
