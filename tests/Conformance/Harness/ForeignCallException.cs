namespace DataProcessor.Conformance.Harness;

/// <summary>A foreign implementation refused what it was given, or died.</summary>
public sealed class ForeignCallException : Exception
{
    public ForeignCallException()
    {
    }

    public ForeignCallException(string message) : base(message)
    {
    }

    public ForeignCallException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
