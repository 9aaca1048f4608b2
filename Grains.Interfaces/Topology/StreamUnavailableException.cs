namespace DataProcessor;

/// <summary>The service did not say which shards the stream has: it does not answer, or refuses to. Asking again may help.</summary>
[GenerateSerializer, Alias("DataProcessor.StreamUnavailableException")]
public sealed class StreamUnavailableException : Exception
{
    public StreamUnavailableException()
    {
    }

    public StreamUnavailableException(string message) : base(message)
    {
    }

    public StreamUnavailableException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
