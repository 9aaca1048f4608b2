namespace DataProcessor.Aws.Transport;

/// <summary>An answer longer than any that its operation can give.</summary>
internal sealed class ResponseTooLargeException : Exception
{
    public ResponseTooLargeException()
    {
    }

    public ResponseTooLargeException(string message) : base(message)
    {
    }

    public ResponseTooLargeException(string message, Exception innerException) : base(message, innerException)
    {
    }

    public ResponseTooLargeException(int limit) : base($"The answer is larger than the limit of {limit} bytes.")
    {
    }
}
