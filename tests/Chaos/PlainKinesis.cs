using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace DataProcessor.Chaos;

/// <summary>Kinesis over plain HTTP and JSON, without the system's own client. Waits out throttles.</summary>
internal sealed class PlainKinesis(Uri endpoint) : IDisposable
{
    private readonly HttpClient _http = new();

    public void Dispose() => _http.Dispose();

    public async Task<JsonNode> CallAsync(string operation, JsonObject body, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(300));
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new StringContent(body.ToJsonString()) };
            request.Content.Headers.ContentType = new("application/x-amz-json-1.1");
            request.Headers.Add("X-Amz-Target", $"Kinesis_20131202.{operation}");
            request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=0");
            using var response = await _http.SendAsync(request, cancellationToken);
            var answer = (await response.Content.ReadFromJsonAsync<JsonNode>(cancellationToken))!;
            if (response.IsSuccessStatusCode)
            {
                return answer;
            }

            if (!((string?)answer["__type"] ?? "").Contains("ProvisionedThroughputExceeded", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"{operation}: {answer.ToJsonString()}");
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }
}
