namespace DataProcessor;

/// <summary>The service has no stream of this name, or it is being deleted.</summary>
[GenerateSerializer, Alias("DataProcessor.StreamNotFoundException")]
public sealed class StreamNotFoundException : Exception
{
    public StreamNotFoundException()
    {
    }

    public StreamNotFoundException(string message) : base(message)
    {
    }

    public StreamNotFoundException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
