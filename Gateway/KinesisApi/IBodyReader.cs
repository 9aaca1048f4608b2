namespace DataProcessor.Gateway.KinesisApi;

/// <summary>
/// Reads a body item by item, in either encoding. Texts and bytes come as ranges of the body, in which they are unescaped
/// and decoded in place: that never lengthens them.
/// </summary>
internal interface IBodyReader
{
    /// <summary>Enters a map; then for each member <see cref="NextMember"/> and its value.</summary>
    void StartMap();

    /// <summary>False at the map's end.</summary>
    bool NextMember(out Range name);

    /// <summary>Enters a list; then for each item <see cref="NextItem"/> and the item. False for null.</summary>
    bool TryStartList();

    /// <summary>False at the list's end.</summary>
    bool NextItem();

    /// <summary>UTF-8 that is not checked yet; null for null.</summary>
    Range? ReadText();

    /// <summary>Bytes; null for null.</summary>
    Range? ReadBytes();

    void Skip();

    /// <summary>Nothing may follow.</summary>
    void EnsureEnd();
}
