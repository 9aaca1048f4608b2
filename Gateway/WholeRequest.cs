using DataProcessor.Gateway.Reading;

namespace DataProcessor.Gateway;

/// <summary>What a request that is read whole holds from its first byte to its last outcome.</summary>
internal sealed class WholeRequest(string stream, RequestTerms terms, RequestBody body) : IDisposable
{
    public string Stream => stream;

    public RequestTerms Terms => terms;

    /// <summary>Its bytes stay taken from the gateway's budget until the end.</summary>
    public RequestBody Body => body;

    public IncomingRecords Records { get; } = new();

    public void Dispose()
    {
        Records.Dispose();
        body.Dispose();
    }
}
