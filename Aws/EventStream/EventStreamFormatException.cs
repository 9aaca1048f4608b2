namespace DataProcessor.Aws.EventStream;

/// <summary>Bytes that are no event-stream message: a wrong checksum, an impossible length, a torn header.</summary>
internal sealed class EventStreamFormatException : FormatException
{
    public EventStreamFormatException()
    {
    }

    public EventStreamFormatException(string message) : base(message)
    {
    }

    public EventStreamFormatException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
