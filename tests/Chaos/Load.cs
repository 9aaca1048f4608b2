using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DataProcessor.Chaos;

/// <summary>
/// Clients that post numbered records, each client for a key of its own and the next batch after the answer to the last.
/// A batch without an answer is not sent again: the next one has new numbers.
/// </summary>
/// <param name="system">Where they post to.</param>
/// <param name="acknowledgeBeforePut">
/// A planted bug, to test the checker: every record counts as acknowledged once it is sent, as with a gateway that answers
/// before it has put.
/// </param>
internal sealed partial class Load(SystemUnderTest system, bool acknowledgeBeforePut) : IDisposable
{
    private const int Clients = 60;
    private const int BatchSize = 25;

    /// <summary>Offered: 60 clients × 25 records / 0.5 s = 3,000 records/s.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly ConcurrentQueue<Sighting> _acknowledged = new();
    private int _sent;
    private int _lostAnswers;

    public IReadOnlyCollection<Sighting> Acknowledged => _acknowledged;

    public int Sent => _sent;

    /// <summary>Posts that ended without an answer, or with an error.</summary>
    public int LostAnswers => _lostAnswers;

    public Task RunAsync(CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, Clients).Select(client => RunClientAsync($"key-{client}", stop)));

    public void Dispose() => _http.Dispose();

    private async Task RunClientAsync(string key, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Period);
        for (var first = 0; !stop.IsCancellationRequested; first += BatchSize)
        {
            await PostAsync(system.JoinedGateway ?? system.Gateway, key, [.. Enumerable.Range(first, BatchSize).Select(number => $"{number:D100}")]);
            try
            {
                await timer.WaitForNextTickAsync(stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task PostAsync(Uri gateway, string key, string[] payloads)
    {
        Interlocked.Add(ref _sent, payloads.Length);
        if (await TryPostAsync(gateway, key, payloads))
        {
            return;
        }

        Interlocked.Increment(ref _lostAnswers);
        if (acknowledgeBeforePut)
        {
            foreach (var data in payloads)
            {
                _acknowledged.Enqueue(new(default, key, data));
            }
        }
    }

    private async Task<bool> TryPostAsync(Uri gateway, string key, string[] payloads)
    {
        try
        {
            var records = payloads.Select(data => new { data, partitionKey = key });
            using var response = await _http.PostAsJsonAsync(new Uri(gateway, "/streams/data-processing-stream/records"), records, CancellationToken.None);
            var text = await response.Content.ReadAsStringAsync(CancellationToken.None);
            if ((int)response.StatusCode is not (200 or 207))
            {
                return false;
            }

            Acknowledge(key, payloads, JsonSerializer.Deserialize(text, AnswerContext.Default.Answer)!.Successes);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
        {
            return false;
        }
    }

    private void Acknowledge(string key, string[] payloads, Success[] successes)
    {
        foreach (var success in successes)
        {
            _acknowledged.Enqueue(new(new(success.ShardId, success.SequenceNumber, success.SubSequenceNumber), key, payloads[success.Id]));
        }
    }

    internal sealed record Answer(Success[] Successes);

    internal sealed record Success(int Id, string ShardId, string SequenceNumber, long SubSequenceNumber);

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
    [JsonSerializable(typeof(Answer))]
    private sealed partial class AnswerContext : JsonSerializerContext;
}
