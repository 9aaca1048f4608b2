namespace DataProcessor.Conformance.Harness;

/// <summary>A request as it would have gone over the wire.</summary>
internal sealed record RecordedRequest(string Method, Uri Address, IReadOnlyDictionary<string, string> Headers, byte[] Body);
