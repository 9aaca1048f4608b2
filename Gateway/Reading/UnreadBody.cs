using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DataProcessor.Gateway.Reading;

/// <summary>
/// Passes over what a refused request has not sent yet. Over HTTP/2 an answer that ends before its request makes Kestrel
/// reset the stream, and then Amazon's JavaScript client waits for ever and curl loses the answer. Over HTTP/1.1 Kestrel
/// does the same as this, after the answer.
/// </summary>
internal static class UnreadBody
{
    /// <summary>500 records of 200 KB in base64. Who sends more loses the answer.</summary>
    private const long MaxBytes = 128 * 1024 * 1024;

    public static async ValueTask DrainAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (!HttpProtocol.IsHttp2(request.Protocol))
        {
            return;
        }

        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server)
        {
            server.MaxRequestBodySize = MaxBytes;
        }

        try
        {
            while (await request.BodyReader.ReadAsync(cancellation) is { IsCompleted: false } read)
            {
                request.BodyReader.AdvanceTo(read.Buffer.End);
            }
        }
        catch (BadHttpRequestException)
        {
            // Too large, too slow or broken: it is refused anyway.
        }
    }
}
