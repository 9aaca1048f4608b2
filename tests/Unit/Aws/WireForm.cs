namespace DataProcessor.Unit.Aws;

/// <summary>How the same page of records can come over the wire.</summary>
public enum WireForm
{
    Cbor,
    CborOfIndefiniteLengths,
    CborWithDataInBase64,
    Json,
}
