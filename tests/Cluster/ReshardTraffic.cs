using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace DataProcessor.Cluster;

/// <summary>Clients that put batches one after the other, each with keys of its own and ascending numbers per key.</summary>
internal sealed class ReshardTraffic(HttpClient gateway)
{
    private const int Clients = 6;
    private const int KeysAClient = 50;

    private readonly ConcurrentQueue<SentRecord> _acknowledged = new();
    private readonly ConcurrentQueue<string> _failures = new();

    public IReadOnlyCollection<SentRecord> Acknowledged => _acknowledged;

    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>Waits until a number of records is acknowledged.</summary>
    public async Task PassAsync(int count, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (_acknowledged.Count < count && await timer.WaitForNextTickAsync(cancellationToken))
        {
        }
    }

    /// <summary>Puts until it is told to stop; every batch is answered before it returns.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, Clients).Select(client => PutAsync(client, stop)));

    private async Task PutAsync(int client, CancellationToken stop)
    {
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            // Twice each key: order counts inside a request, too.
            SentRecord[] records =
            [
                .. Enumerable.Range(0, 2 * KeysAClient).Select(i => new SentRecord(
                    $"c{client}-{i % KeysAClient}", ((2 * number) + (i / KeysAClient)).ToString(CultureInfo.InvariantCulture))),
            ];
            await PutAsync(records);
        }
    }

    private async Task PutAsync(SentRecord[] records)
    {
        using var response = await gateway.PostAsJsonAsync("/", records.Select(record => new { data = record.Data, partitionKey = record.Key }));
        if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.MultiStatus))
        {
            _failures.Enqueue($"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
            return;
        }

        var answer = (await response.Content.ReadFromJsonAsync<JsonNode>())!;
        foreach (var success in answer["successes"]!.AsArray())
        {
            _acknowledged.Enqueue(records[(int)success!["id"]!]);
        }

        foreach (var failure in answer["failures"]!.AsArray())
        {
            _failures.Enqueue(failure!.ToJsonString());
        }
    }
}
