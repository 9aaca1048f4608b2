using System.Buffers;
using System.Text.Json;
using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire;

/// <summary>What <c>GET /</c> shows: streams, shards and counters as JSON.</summary>
internal sealed class StatusPage(StreamCatalog catalog, LocalKinesisCounters counters)
{
    public byte[] Render()
    {
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("usedBytes", catalog.Quota.Used);
        json.WriteNumber("maxBytes", catalog.Quota.Limit);
        json.WriteStartArray("streams");
        foreach (var stream in catalog.List())
        {
            Write(json, stream);
        }

        json.WriteEndArray();
        WriteCounters(json);
        json.WriteEndObject();
        json.Flush();
        return output.WrittenSpan.ToArray();
    }

    private void Write(Utf8JsonWriter json, KinesisStream stream)
    {
        json.WriteStartObject();
        json.WriteString("name", stream.Info.Name);
        json.WriteString("arn", catalog.ArnOf(stream.Info.Name));
        json.WriteString("status", stream.Status(catalog.NowMs));
        json.WriteString("created", DateTimeOffset.FromUnixTimeMilliseconds(stream.Info.CreationMs));
        json.WriteNumber("retentionHours", stream.Info.RetentionHours);
        json.WriteStartArray("consumers");
        foreach (var consumer in stream.Info.Consumers)
        {
            json.WriteStringValue(consumer.Name);
        }

        json.WriteEndArray();
        json.WriteStartArray("shards");
        foreach (var shard in stream.Topology.Shards)
        {
            json.WriteStartObject();
            json.WriteString("id", shard.Info.Id);
            json.WriteBoolean("open", shard.Info.ClosedMs is null);
            json.WriteStartArray("parents");
            foreach (var parent in new[] { shard.Info.Parent, shard.Info.AdjacentParent }.OfType<int>())
            {
                json.WriteStringValue(ShardInfo.NameOf(parent));
            }

            json.WriteEndArray();
            json.WriteNumber("records", shard.Log.CommittedCounter);
            json.WriteNumber("storedBytes", shard.Log.StoredBytes);
            json.WriteStartArray("subscribedBy");
            foreach (var consumer in shard.Subscriptions.Consumers)
            {
                json.WriteStringValue(consumer);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteCounters(Utf8JsonWriter json)
    {
        json.WriteStartObject("counters");
        json.WriteStartObject("calls");
        foreach (var (operation, count) in counters.Calls.OrderBy(call => call.Key, StringComparer.Ordinal))
        {
            json.WriteNumber(operation, count);
        }

        json.WriteEndObject();
        json.WriteNumber("recordsStored", counters.RecordsStored);
        json.WriteNumber("bytesStored", counters.BytesStored);
        json.WriteNumber("recordsRead", counters.RecordsRead);
        json.WriteNumber("bytesRead", counters.BytesRead);
        json.WriteNumber("recordsThrottled", counters.RecordsThrottled);
        json.WriteNumber("callsThrottled", counters.CallsThrottled);
        json.WriteNumber("recordsRefused", counters.RecordsRefused);
        json.WriteNumber("subscriptions", counters.Subscriptions);
        json.WriteNumber("subscriptionsRefused", counters.SubscriptionsRefused);
        json.WriteNumber("events", counters.Events);
        json.WriteNumber("recordsPushed", counters.RecordsPushed);
        json.WriteNumber("bytesPushed", counters.BytesPushed);
        json.WriteNumber("splits", counters.Splits);
        json.WriteNumber("merges", counters.Merges);
        json.WriteStartObject("faults");
        json.WriteNumber("recordThrottles", counters.InjectedRecordThrottles);
        json.WriteNumber("callThrottles", counters.InjectedCallThrottles);
        json.WriteNumber("failures", counters.InjectedFailures);
        json.WriteNumber("resetsBefore", counters.InjectedResetsBefore);
        json.WriteNumber("resetsAfter", counters.InjectedResetsAfter);
        json.WriteNumber("delays", counters.InjectedDelays);
        json.WriteNumber("lateLandings", counters.InjectedLateLandings);
        json.WriteNumber("inversions", counters.InjectedInversions);
        json.WriteNumber("subscriptionDrops", counters.InjectedSubscriptionDrops);
        json.WriteNumber("subscriptionFailures", counters.InjectedSubscriptionFailures);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
