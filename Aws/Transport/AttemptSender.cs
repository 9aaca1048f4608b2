using System.Net;
using Amazon.Runtime;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Aws.Retry;
using DataProcessor.Aws.Signing;

namespace DataProcessor.Aws.Transport;

/// <summary>Sends a call once: signs it, waits for the answer at most the attempt's time, reads it up to its limit.</summary>
internal sealed class AttemptSender(
    Uri endpoint,
    RequestSigner signer,
    AWSCredentials credentials,
    HttpMessageInvoker http,
    ClockSkew clock,
    TimeProvider time,
    TimeSpan timeout)
{
    private const int MaxErrorBytes = 64 * 1024;

    /// <exception cref="OperationCanceledException">The caller gave up; every other failure is an outcome.</exception>
    public async ValueTask<AttemptOutcome> SendAsync(
        KinesisOperation operation, RequestBody body, CancellationToken cancellationToken)
    {
        using var attempt = new CancellationTokenSource(timeout, time);
        using CancellationTokenRegistration givenUp = cancellationToken.UnsafeRegister(
            static source => ((CancellationTokenSource)source!).Cancel(), attempt);
        using var content = new RequestBodyContent(body, operation.ContentType);
        try
        {
            using HttpRequestMessage request = await SignAsync(operation, body, content, attempt.Token);
            using HttpResponseMessage response = await http.SendAsync(request, attempt.Token);
            return response.IsSuccessStatusCode
                ? await ReadAnswerAsync(operation, response, attempt.Token)
                : await ReadErrorAsync(operation, response, attempt.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string reason = attempt.IsCancellationRequested ? $"none within {timeout}" : e.Message;
            return AttemptOutcome.Failed(new KinesisException(
                KinesisException.NoAnswer, $"{operation.Name}: no answer from {endpoint.Authority}: {reason}", 0, e)
            {
                IsOutcomeUnknown = content.WasStarted,
            });
        }
        catch (Exception e) when (e is AmazonClientException or AmazonServiceException)
        {
            return AttemptOutcome.Failed(KinesisErrors.CredentialsUnavailable(operation, e));
        }
    }

    private async ValueTask<HttpRequestMessage> SignAsync(
        KinesisOperation operation, RequestBody body, RequestBodyContent content, CancellationToken cancellationToken)
    {
        ImmutableCredentials identity = await credentials.GetCredentialsAsync().WaitAsync(cancellationToken)
            ?? throw new AmazonClientException("anonymous credentials cannot sign");
        SigningTime now = SigningTime.At(clock.Now);

        var request = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Version = HttpVersion.Version11,
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

    private static async ValueTask<AttemptOutcome> ReadAnswerAsync(
        KinesisOperation operation, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            ResponseBody answer = await ResponseBody.ReadAsync(
                response.Content, operation.MaxResponseBytes, isPooled: !operation.KeepsAnswer, cancellationToken);
            return new AttemptOutcome(answer, null, response.Headers.Date);
        }
        catch (ResponseTooLargeException e)
        {
            return AttemptOutcome.Failed(KinesisErrors.UnreadableAnswer(operation, KinesisErrors.ResponseTooLarge, e));
        }
    }

    private static async ValueTask<AttemptOutcome> ReadErrorAsync(
        KinesisOperation operation, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            using ResponseBody body = await ResponseBody.ReadAsync(
                response.Content, MaxErrorBytes, isPooled: true, cancellationToken);
            return AttemptOutcome.Failed(KinesisErrors.From(operation, response, body.Bytes), response.Headers.Date);
        }
        catch (ResponseTooLargeException)
        {
            return AttemptOutcome.Failed(KinesisErrors.From(operation, response, []), response.Headers.Date);
        }
    }
}
