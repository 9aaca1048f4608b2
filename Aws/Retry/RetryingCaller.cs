using System.Numerics;
using DataProcessor.Aws.Kinesis;
using DataProcessor.Aws.Transport;
using Microsoft.Extensions.Logging;

namespace DataProcessor.Aws.Retry;

/// <summary>
/// The one place where a call is repeated: after throttles, 5xx and lost answers, if the operation is repeatable, as long as
/// attempts and the <see cref="RetryQuota"/> last. A call refused for its clock is signed anew once, repeatable or not: a
/// refused call has had no effect.
/// </summary>
internal sealed partial class RetryingCaller(
    AttemptSender sender,
    RetryQuota quota,
    JitteredBackOff backOff,
    ClockSkew clock,
    TimeProvider time,
    int maxAttempts,
    ILogger logger)
{
    // Calls that were not repeated since the last retry that could be paid.
    private long _unpaid;

    /// <returns>The whole answer, to be disposed; empty when an error told that an earlier attempt had done it.</returns>
    public ValueTask<ResponseBody> SendAsync(KinesisOperation operation, RequestBody body, CancellationToken cancellationToken) =>
        SendAsync(operation, body, AttemptSender.ReadWholeAsync, cancellationToken);

    /// <returns>What the reader made of the answer; the type's default when an error told that an earlier attempt had done it.</returns>
    public async ValueTask<TAnswer> SendAsync<TAnswer>(
        KinesisOperation operation, RequestBody body, AnswerReader<TAnswer> readAnswer, CancellationToken cancellationToken)
    {
        var isSignedAnew = false;
        var mayHaveTakenEffect = false;
        var paid = RetryQuota.SuccessReward;
        for (var attempt = 1; ; attempt++)
        {
            var outcome = await sender.SendAsync(operation, body, readAnswer, cancellationToken);
            if (outcome.Error is not { } error)
            {
                quota.Return(paid);
                return outcome.Answer;
            }

            if (mayHaveTakenEffect && operation.DoneCodes.Contains(error.ErrorCode))
            {
                return default!;
            }

            mayHaveTakenEffect |= error.IsOutcomeUnknown;
            if (!isSignedAnew && clock.TryCorrect(error.ErrorCode, outcome.ServerTime))
            {
                isSignedAnew = true;
                LogClockCorrected(operation.Name, clock.Offset);
                continue;
            }

            var cost = error.ErrorCode == KinesisException.NoAnswer ? RetryQuota.NoAnswerCost : RetryQuota.RetryCost;
            if (!operation.IsRepeatable || attempt >= maxAttempts || !IsPassing(error) || !TryTake(cost, operation))
            {
                throw mayHaveTakenEffect ? WithUnknownOutcome(error) : error;
            }

            paid = cost;
            var delay = backOff.Next(attempt);
            LogRetry(operation.Name, attempt, delay, error.Message);
            await Task.Delay(delay, time, cancellationToken);
        }
    }

    private static bool IsPassing(KinesisException error) =>
        error.ErrorCode == KinesisException.NoAnswer || error.StatusCode >= 500 || KinesisErrors.IsThrottle(error);

    /// <summary>The last attempt may be refused and an earlier one still have done it.</summary>
    private static KinesisException WithUnknownOutcome(KinesisException error) => error.IsOutcomeUnknown
        ? error
        : new KinesisException(error.ErrorCode, error.Message, error.StatusCode, error) { IsOutcomeUnknown = true };

    private bool TryTake(int cost, KinesisOperation operation)
    {
        if (quota.TryTake(cost))
        {
            if (Interlocked.Exchange(ref _unpaid, 0) is > 1 and var unpaid)
            {
                LogQuotaThere(unpaid);
            }

            return true;
        }

        // In an outage every call comes here: the first, second, fourth, eighth … say so.
        if (Interlocked.Increment(ref _unpaid) is var count && BitOperations.IsPow2(count))
        {
            LogQuotaSpent(operation.Name, count);
        }

        return false;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Operation} attempt {Attempt} failed, next in {Delay}: {Reason}")]
    private partial void LogRetry(string operation, int attempt, TimeSpan delay, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Operation} is not repeated: retries have used up their quota; {Calls} calls so far, and not each of them is told")]
    private partial void LogQuotaSpent(string operation, long calls);

    [LoggerMessage(Level = LogLevel.Information, Message = "Calls are repeated again; {Calls} were not, for want of quota")]
    private partial void LogQuotaThere(long calls);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Operation} was refused for its time; signing with the service's clock, {Offset} from ours")]
    private partial void LogClockCorrected(string operation, TimeSpan offset);
}
