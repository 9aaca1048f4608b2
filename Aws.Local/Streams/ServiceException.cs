namespace DataProcessor.Aws.Local.Streams;

/// <summary>A call that is refused as a whole.</summary>
/// <param name="code">Kinesis' name of the error.</param>
/// <param name="message">What the caller sees.</param>
/// <param name="statusCode">HTTP status.</param>
internal sealed class ServiceException(string code, string message, int statusCode = 400) : Exception(message)
{
    public string Code => code;

    public int StatusCode => statusCode;
}
