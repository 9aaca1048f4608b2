namespace DataProcessor.Aws.Cbor;

/// <summary>The major type of a CBOR item (RFC 8949, section 3.1): the high three bits of its first byte.</summary>
internal enum CborKind
{
    UnsignedInteger = 0,
    NegativeInteger = 1,
    ByteString = 2,
    TextString = 3,
    Array = 4,
    Map = 5,
    Tag = 6,
    SimpleOrFloat = 7,
}
