namespace DataProcessor.Aws.Kinesis;

/// <summary>The service answered with an error, or did not answer.</summary>
public sealed class KinesisException : Exception
{
    public KinesisException()
    {
    }

    public KinesisException(string message) : base(message)
    {
    }

    public KinesisException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <param name="errorCode">Kinesis' name of the error, e.g. <c>ResourceNotFoundException</c>; <see cref="NoAnswer"/> without one.</param>
    /// <param name="message">Its message.</param>
    /// <param name="statusCode">HTTP status; 0 without an answer.</param>
    /// <param name="innerException">The transport's error.</param>
    public KinesisException(string errorCode, string message, int statusCode, Exception? innerException = null)
        : base(message, innerException)
    {
        ErrorCode = errorCode;
        StatusCode = statusCode;
    }

    /// <summary>Error code of a call whose answer never came: a reset, a time-out.</summary>
    public const string NoAnswer = "NoAnswer";

    public string ErrorCode { get; } = "";

    public int StatusCode { get; }

    /// <summary>
    /// Whether the call may have taken effect all the same: no answer after sending, or a 5xx. A repeated put may then
    /// write a second time.
    /// </summary>
    public bool IsOutcomeUnknown { get; init; }
}
