using System.Net;
using System.Net.Http.Headers;

namespace DataProcessor.Conformance.Harness;

/// <summary>Stands where the connections would: keeps the last request and gives the same answer to all.</summary>
internal sealed class RecordingHandler : HttpMessageHandler
{
    /// <summary>The headers that HttpClient adds by itself while it writes.</summary>
    private static readonly string[] Framing = ["Content-Length"];

    public RecordedRequest? Last { get; private set; }

    public byte[] Answer { get; set; } = [];

    public string AnswerType { get; set; } = "application/x-amz-json-1.1";

    public HttpStatusCode AnswerStatus { get; set; } = HttpStatusCode.OK;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var headers = request.Headers.Concat(request.Content!.Headers)
            .Where(header => !Framing.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
            .ToDictionary(header => header.Key.ToLowerInvariant(), header => string.Join(", ", header.Value));
        headers.TryAdd("host", request.RequestUri!.Authority);
        var body = await request.Content.ReadAsByteArrayAsync(cancellationToken);
        Last = new RecordedRequest(request.Method.Method, request.RequestUri, headers, body);

        var content = new ByteArrayContent(Answer);
        content.Headers.ContentType = new MediaTypeHeaderValue(AnswerType);
        return new HttpResponseMessage(AnswerStatus) { Content = content };
    }
}
