using System.Net;
using System.Net.Http.Headers;

namespace DataProcessor.Aws.Local.Wire;

/// <summary>
/// Serves an HttpClient without a socket, on the caller's thread and synchronization context. An injected reset is the
/// HttpRequestException that a broken connection would be.
/// </summary>
internal sealed class InProcessHandler(Dispatcher dispatcher, StatusPage status) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (request.Method == HttpMethod.Get)
        {
            return new HttpResponseMessage(HttpStatusCode.OK)
            {
                RequestMessage = request,
                Content = new ByteArrayContent(status.Render()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            };
        }

        var body = await ReadAsync(request.Content, cancellationToken);
        try
        {
            var call = new WireRequest(
                Header(request, "X-Amz-Target"),
                request.Content?.Headers.ContentType?.ToString(),
                request.Headers.Contains("Authorization"),
                body.Written);
            using var response = await dispatcher.HandleAsync(call, cancellationToken);
            return ToMessage(request, response);
        }
        catch (ConnectionResetException e)
        {
            throw new HttpRequestException(HttpRequestError.ResponseEnded, e.Message, e);
        }
        finally
        {
            body.Dispose();
        }
    }

    private static async Task<PooledBufferWriter> ReadAsync(HttpContent? content, CancellationToken cancellationToken)
    {
        var body = new PooledBufferWriter();
        if (content is not null)
        {
            await body.ReadToEndAsync(await content.ReadAsStreamAsync(cancellationToken), content.Headers.ContentLength, KestrelEndpoint.MaxBodyBytes, cancellationToken);
        }

        return body;
    }

    private static HttpResponseMessage ToMessage(HttpRequestMessage request, WireResponse response)
    {
        // The copy outlives the pooled buffer: nobody can be relied on to dispose a response.
        var content = new ByteArrayContent(response.Body.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue(response.ContentType);
        var message = new HttpResponseMessage((HttpStatusCode)response.StatusCode) { RequestMessage = request, Content = content };
        message.Headers.Date = response.Date;
        message.Headers.TryAddWithoutValidation("x-amzn-RequestId", response.RequestId);
        return message;
    }

    private static string? Header(HttpRequestMessage request, string name) =>
        request.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}
