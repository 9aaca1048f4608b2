using System.Formats.Cbor;
using System.Text.Json.Nodes;
using Amazon.Runtime.EventStreams;
using Amazon.Runtime.EventStreams.Internal;
using Xunit;

namespace DataProcessor.Unit.AwsLocal;

/// <summary>A message of a subscription.</summary>
/// <param name="Type">:event-type or :exception-type.</param>
/// <param name="Payload">As JSON would say it.</param>
internal sealed record PushedEvent(string Type, JsonObject Payload)
{
    public JsonArray Records => Payload[nameof(Records)]!.AsArray();

    public string? Continuation => (string?)Payload["ContinuationSequenceNumber"];

    public IEnumerable<int> Values => Records.Select(record => (int)Convert.FromBase64String((string)record!["Data"]!)[0]);
}

/// <summary>Reads a subscription's events with the AWS SDK's own decoder, which checks the checksums.</summary>
internal sealed class PushedEvents(HttpResponseMessage response, Stream body) : IDisposable
{
    private readonly EventStreamDecoder _decoder = new();
    private readonly Queue<PushedEvent> _decoded = new();
    private readonly byte[] _buffer = new byte[16 * 1024];

    /// <summary>After the initial response.</summary>
    public static async Task<PushedEvents> OpenAsync(HttpResponseMessage response)
    {
        Assert.Equal("application/vnd.amazon.eventstream", response.Content.Headers.ContentType!.MediaType);
        var events = new PushedEvents(response, await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        events._decoder.MessageReceived += (_, received) => events._decoded.Enqueue(Decode(received.Message));
        Assert.Equal("initial-response", (await events.NextAsync())!.Type);
        return events;
    }

    /// <summary>Null at the end.</summary>
    public async Task<PushedEvent?> NextAsync()
    {
        while (_decoded.Count == 0)
        {
            var count = await body.ReadAsync(_buffer, TestContext.Current.CancellationToken);
            if (count == 0)
            {
                return null;
            }

            _decoder.ProcessData(_buffer, 0, count);
        }

        return _decoded.Dequeue();
    }

    /// <summary>All events up to the end.</summary>
    public async Task<List<PushedEvent>> ReadToEndAsync()
    {
        var all = new List<PushedEvent>();
        while (await NextAsync() is { } next)
        {
            all.Add(next);
        }

        return all;
    }

    public void Dispose()
    {
        response.Dispose();
        _decoder.Dispose();
    }

    private static PushedEvent Decode(EventStreamMessage message)
    {
        var isCbor = message.Headers[":content-type"].AsString() == "application/x-amz-cbor-1.1";
        var payload = isCbor
            ? SocketCalls.Decode(new CborReader(message.Payload, CborConformanceMode.Lax))!.AsObject()
            : JsonNode.Parse(message.Payload)!.AsObject();
        var type = message.Headers[":message-type"].AsString() == "exception" ? ":exception-type" : ":event-type";
        return new PushedEvent(message.Headers[type].AsString(), payload);
    }
}
