namespace DataProcessor.Aws.Local.Wire;

/// <summary>Writes an answer in one of the two encodings; a null name stands for an item of a list.</summary>
internal abstract class WireWriter : IDisposable
{
    public static WireWriter Create(WireEncoding encoding) => encoding == WireEncoding.Cbor ? new CborWireWriter() : new JsonWireWriter();

    public abstract WireEncoding Encoding { get; }

    public abstract void StartMap(string? name = null);

    public abstract void EndMap();

    public abstract void StartList(string name);

    public abstract void EndList();

    public abstract void Text(string? name, ReadOnlySpan<char> value);

    public abstract void Integer(string name, long value);

    public abstract void Flag(string name, bool value);

    public abstract void Blob(string name, ReadOnlySpan<byte> value);

    /// <param name="name">The member.</param>
    /// <param name="epochMs">Milliseconds.</param>
    public abstract void Timestamp(string name, long epochMs);

    /// <summary>What was written, in a buffer from the shared pool that is the caller's from now on.</summary>
    public abstract (byte[] Buffer, int Length) Finish();

    public abstract void Dispose();

    /// <summary>Left out if it is null.</summary>
    public void OptionalText(string name, string? value)
    {
        if (value is not null)
        {
            Text(name, value);
        }
    }
}
