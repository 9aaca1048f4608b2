namespace DataProcessor.Aws.Local.Wire;

/// <summary>A call as it came in, from a socket or from the in-process handler.</summary>
/// <param name="Target">X-Amz-Target.</param>
/// <param name="ContentType">Content-Type.</param>
/// <param name="IsSigned">Whether there is a signature; it is not verified.</param>
/// <param name="Body">The body; the operation works in it.</param>
internal readonly record struct WireRequest(string? Target, string? ContentType, bool IsSigned, Memory<byte> Body);
