namespace DataProcessor.Aws.Retry;

/// <summary>The service's clock, as far as its answers tell. It refuses signatures that are more than 5 minutes off.</summary>
internal sealed class ClockSkew(TimeProvider time)
{
    /// <summary>Below this a refused signature has another reason, such as a wrong secret.</summary>
    public static readonly TimeSpan Tolerated = TimeSpan.FromMinutes(4);

    private long _offsetTicks;

    public DateTimeOffset Now => time.GetUtcNow() + Offset;

    public TimeSpan Offset => TimeSpan.FromTicks(Volatile.Read(ref _offsetTicks));

    /// <summary>Whether the clock was the reason and is now corrected.</summary>
    /// <param name="errorCode">Error of the refused call.</param>
    /// <param name="serverTime">The answer's Date header.</param>
    public bool TryCorrect(string errorCode, DateTimeOffset? serverTime)
    {
        if (serverTime is not { } theirs || !IsAboutTime(errorCode) || (theirs - Now).Duration() < Tolerated)
        {
            return false;
        }

        Volatile.Write(ref _offsetTicks, (theirs - time.GetUtcNow()).Ticks);
        return true;
    }

    private static bool IsAboutTime(string errorCode) => errorCode is
        "InvalidSignatureException" or "SignatureDoesNotMatch" or "RequestTimeTooSkewed" or "RequestExpired" or
        "RequestInTheFuture" or "AuthFailure";
}
