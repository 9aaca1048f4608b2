namespace DataProcessor.Aws.EventStream;

/// <summary>What a header's value is; the number is the one on the wire. All numbers are big endian.</summary>
internal enum HeaderType
{
    True = 0,
    False = 1,
    Byte = 2,
    Int16 = 3,
    Int32 = 4,
    Int64 = 5,

    /// <summary>A length of 2 bytes and as many bytes.</summary>
    Bytes = 6,

    /// <summary>A length of 2 bytes and as many bytes of UTF-8.</summary>
    String = 7,

    /// <summary>Milliseconds since 1970 in 8 bytes.</summary>
    Timestamp = 8,
    Uuid = 9,
}
