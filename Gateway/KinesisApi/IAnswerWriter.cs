namespace DataProcessor.Gateway.KinesisApi;

/// <summary>Writes an answer in either encoding. Names are UTF-8.</summary>
internal interface IAnswerWriter
{
    void StartMap(int members);

    void EndMap();

    void StartList(ReadOnlySpan<byte> name, int items);

    void EndList();

    void Text(ReadOnlySpan<byte> name, string value);

    void Number(ReadOnlySpan<byte> name, int value);
}
