using Amazon.Runtime;
using DataProcessor.Aws.Kinesis;

namespace DataProcessor.Aws.Transport;

/// <summary>Sends a call once, and waits for its answer at most the attempt's time.</summary>
internal sealed class AttemptSender(SignedRequests requests, HttpMessageInvoker http, TimeProvider time, TimeSpan timeout)
{
    private const int MaxErrorBytes = 64 * 1024;

    /// <exception cref="OperationCanceledException">The caller gave up; every other failure is an outcome.</exception>
    public async ValueTask<AttemptOutcome<TAnswer>> SendAsync<TAnswer>(
        KinesisOperation operation, RequestBody body, AnswerReader<TAnswer> readAnswer, CancellationToken cancellationToken)
    {
        using var attempt = new CancellationTokenSource(timeout, time);
        using var givenUp = cancellationToken.UnsafeRegister(
            static source => ((CancellationTokenSource)source!).Cancel(), attempt);
        using var content = new RequestBodyContent(body, operation.ContentType);
        try
        {
            using var request = await requests.CreateAsync(operation, body, content, attempt.Token);
            var response = await http.SendAsync(request, attempt.Token);
            var serverTime = response.Headers.Date;
            return response.IsSuccessStatusCode
                ? new AttemptOutcome<TAnswer>(await readAnswer(operation, response, attempt.Token), null, serverTime)
                : AttemptOutcome<TAnswer>.Failed(await ReadErrorAsync(operation, response, attempt.Token), serverTime);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var reason = attempt.IsCancellationRequested ? $"none within {timeout}" : e.Message;
            return AttemptOutcome<TAnswer>.Failed(new KinesisException(
                KinesisException.NoAnswer, $"{operation.Name}: no answer from {requests.Endpoint.Authority}: {reason}", 0, e)
            {
                IsOutcomeUnknown = content.WasStarted,
            });
        }
        catch (KinesisException e)
        {
            return AttemptOutcome<TAnswer>.Failed(e);
        }
        catch (Exception e) when (e is AmazonClientException or AmazonServiceException)
        {
            return AttemptOutcome<TAnswer>.Failed(KinesisErrors.CredentialsUnavailable(operation, e));
        }
    }

    /// <summary>The reader of answers that come whole.</summary>
    public static async ValueTask<ResponseBody> ReadWholeAsync(
        KinesisOperation operation, HttpResponseMessage response, CancellationToken attempt)
    {
        using (response)
        {
            try
            {
                return await ResponseBody.ReadAsync(
                    response.Content, operation.MaxResponseBytes, isPooled: !operation.KeepsAnswer, attempt);
            }
            catch (ResponseTooLargeException e)
            {
                throw KinesisErrors.UnreadableAnswer(operation, KinesisErrors.ResponseTooLarge, e);
            }
        }
    }

    private static async ValueTask<KinesisException> ReadErrorAsync(
        KinesisOperation operation, HttpResponseMessage response, CancellationToken attempt)
    {
        using (response)
        {
            try
            {
                using var body = await ResponseBody.ReadAsync(response.Content, MaxErrorBytes, isPooled: true, attempt);
                return KinesisErrors.From(operation, response, body.Bytes);
            }
            catch (ResponseTooLargeException)
            {
                return KinesisErrors.From(operation, response, []);
            }
        }
    }
}
