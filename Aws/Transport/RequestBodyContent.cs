using System.Net;

namespace DataProcessor.Aws.Transport;

/// <summary>One attempt's view of the <see cref="RequestBody"/>.</summary>
internal sealed class RequestBodyContent : HttpContent
{
    private readonly RequestBody _body;

    public RequestBodyContent(RequestBody body, string contentType)
    {
        _body = body;
        Headers.TryAddWithoutValidation("Content-Type", contentType);
    }

    /// <summary>
    /// Whether any of it can have left. As long as it is false (no name resolved, no connection, no TLS session), the service
    /// cannot have acted on the call. SocketsHttpHandler repeats nothing by itself once a body is being sent.
    /// </summary>
    public bool WasStarted { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        WasStarted = true;
        _body.OnWriteStarted();
        try
        {
            await stream.WriteAsync(_body.Bytes, cancellationToken);
        }
        finally
        {
            _body.OnWriteEnded();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
