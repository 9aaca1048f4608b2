using System.Net;
using System.Net.Http.Headers;
using DataProcessor.Aws.Local.Wire.Events;

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

        using var body = new PooledBufferWriter();
        try
        {
            if (request.Content is { } content)
            {
                var stream = await content.ReadAsStreamAsync(cancellationToken);
                await body.ReadToEndAsync(stream, content.Headers.ContentLength, KestrelEndpoint.MaxBodyBytes, cancellationToken);
            }

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
        catch (InvalidDataException)
        {
            return new HttpResponseMessage(HttpStatusCode.RequestEntityTooLarge) { RequestMessage = request };
        }
    }

    private static HttpResponseMessage ToMessage(HttpRequestMessage request, WireResponse response)
    {
        // The copy outlives the pooled buffer: nobody can be relied on to dispose a response.
        HttpContent content = response.Events is { } events
            ? new StreamContent(new EventBody(events))
            : new ByteArrayContent(response.Body.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue(response.ContentType);
        var message = new HttpResponseMessage((HttpStatusCode)response.StatusCode) { RequestMessage = request, Content = content };
        message.Headers.Date = response.Date;
        message.Headers.TryAddWithoutValidation("x-amzn-RequestId", response.RequestId);
        return message;
    }

    private static string? Header(HttpRequestMessage request, string name) =>
        request.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}
