using System.Net;
using Amazon.Runtime;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Aws.Retry;
using DataProcessor.Aws.Signing;

namespace DataProcessor.Aws.Transport;

/// <summary>Makes the request of one attempt, dated and signed for it.</summary>
internal sealed class SignedRequests(Uri endpoint, RequestSigner signer, AWSCredentials credentials, ClockSkew clock)
{
    public Uri Endpoint => endpoint;

    public async ValueTask<HttpRequestMessage> CreateAsync(
        KinesisOperation operation, RequestBody body, RequestBodyContent content, CancellationToken cancellationToken)
    {
        var identity = await credentials.GetCredentialsAsync().WaitAsync(cancellationToken)
            ?? throw new AmazonClientException("anonymous credentials cannot sign");
        var now = SigningTime.At(clock.Now);

        var request = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Version = VersionFor(operation),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TryAddWithoutValidation("X-Amz-Date", now.Stamp);
        request.Headers.TryAddWithoutValidation("X-Amz-Target", operation.Target);
        if (identity.UseToken)
        {
            request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", identity.Token);
        }

        request.Headers.TryAddWithoutValidation("Authorization", Authorize(operation, body, identity, now));
        return request;
    }

    /// <summary>
    /// Plain calls take HTTP/1.1, which costs less CPU. Event streams take HTTP/2 and nothing else where TLS can agree on it:
    /// the service warns of misdelivery over 1.1. Without TLS there is only an emulator, and 1.1 is what all of them serve.
    /// </summary>
    private Version VersionFor(KinesisOperation operation) => operation.AnswersInEvents && endpoint.Scheme == Uri.UriSchemeHttps
        ? HttpVersion.Version20
        : HttpVersion.Version11;

    private string Authorize(KinesisOperation operation, RequestBody body, ImmutableCredentials identity, SigningTime now)
    {
        ReadOnlySpan<SignedHeader> headers =
        [
            new("content-type", operation.ContentType),
            new("host", endpoint.Authority),
            new("x-amz-date", now.Stamp),
            new("x-amz-security-token", identity.Token),
            new("x-amz-target", operation.Target),
        ];
        ReadOnlySpan<SignedHeader> headersWithoutToken = [headers[0], headers[1], headers[2], headers[4]];
        var request = new RequestToSign
        {
            Method = "POST",
            Headers = identity.UseToken ? headers : headersWithoutToken,
            Body = body.Bytes.Span,
        };
        return signer.Sign(request, identity, now);
    }
}
