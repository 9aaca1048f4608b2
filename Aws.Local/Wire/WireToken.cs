namespace DataProcessor.Aws.Local.Wire;

internal enum WireKind : byte
{
    Map,
    List,
    Text,
    Blob,
    Integer,
    Real,
    Flag,
    Null,
}

/// <summary>One value of a decoded request body; a member's name is a text before it.</summary>
internal struct WireToken
{
    public WireKind Kind;

    /// <summary>Of a map or list: the index of the first token behind it.</summary>
    public int Next;

    /// <summary>UTF-8 of a text, content of a blob; views into the body.</summary>
    public Memory<byte> Bytes;

    /// <summary>Of an integer, or of a flag: 0, 1.</summary>
    public long Integer;

    /// <summary>Of a real.</summary>
    public double Real;
}
