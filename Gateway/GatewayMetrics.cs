using System.Diagnostics;
using System.Diagnostics.Metrics;
using DataProcessor.Gateway.Answering;
using DataProcessor.Gateway.Reading;

namespace DataProcessor.Gateway;

/// <summary>The gateway's instruments; request durations are ASP.NET Core's own.</summary>
internal sealed class GatewayMetrics
{
    public const string MeterName = "DataProcessor.Gateway";

    private readonly Counter<long> _sent;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _possibleDuplicates;
    private readonly Counter<long> _failedCalls;

    public GatewayMetrics(IMeterFactory meters, ByteBudget inFlight)
    {
        var meter = meters.Create(MeterName);
        _sent = meter.CreateCounter<long>(
            "messaging.client.sent.messages", "{message}", "Records put to a stream, by error.type when they failed.");
        _refused = meter.CreateCounter<long>(
            "data_processor.gateway.refused_requests", "{request}", "Requests of which nothing was put, by error.type.");
        _possibleDuplicates = meter.CreateCounter<long>(
            "data_processor.gateway.possible_duplicates", "{message}", "Records put anew because their producer was lost.");
        _failedCalls = meter.CreateCounter<long>(
            "data_processor.gateway.failed_calls", "{call}", "Calls to producers that were not answered, by error.type.");
        meter.CreateObservableUpDownCounter(
            "data_processor.gateway.in_flight", () => inFlight.InUse, "By", "Bytes of request bodies in flight.");
    }

    public void OnSettled(string stream, IncomingRecords records)
    {
        if (!_sent.Enabled)
        {
            return;
        }

        // Neighbours mostly share an outcome: one measurement a run.
        var first = 0;
        for (var i = 1; i <= records.Count; i++)
        {
            var kind = records.OutcomeOf(first).Problem?.Kind;
            if (i == records.Count || records.OutcomeOf(i).Problem?.Kind != kind)
            {
                var tags = TagsOf(stream);
                if (kind is not null)
                {
                    tags.Add("error.type", kind.Code);
                }

                _sent.Add(i - first, tags);
                first = i;
            }
        }
    }

    public void OnRefused(string errorType) => _refused.Add(1, new KeyValuePair<string, object?>("error.type", errorType));

    public void OnPossibleDuplicates(string stream, int count) => _possibleDuplicates.Add(count, TagsOf(stream));

    public void OnCallFailed(Exception failure) =>
        _failedCalls.Add(1, new KeyValuePair<string, object?>("error.type", failure.GetType().Name));

    private static TagList TagsOf(string stream) => new()
    {
        { "messaging.system", "aws.kinesis" },
        { "messaging.destination.name", stream },
    };
}
