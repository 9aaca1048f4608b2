namespace DataProcessor.Aws.Cbor;

/// <summary>Bytes that are no CBOR, or not the CBOR that was expected at this place.</summary>
internal sealed class CborFormatException : FormatException
{
    public CborFormatException()
    {
    }

    public CborFormatException(string message) : base(message)
    {
    }

    public CborFormatException(string message, Exception innerException) : base(message, innerException)
    {
    }

    public CborFormatException(string problem, int position) : base($"Malformed CBOR at byte {position}: {problem}.")
    {
    }
}
