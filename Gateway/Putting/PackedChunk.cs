namespace DataProcessor.Gateway.Putting;

/// <summary>The records of one put.</summary>
/// <param name="Records">Their positions in the request.</param>
/// <param name="Frames">Their frames; this array crosses a grain call and is never written again, so it is not pooled.</param>
internal readonly record struct PackedChunk(ArraySegment<int> Records, byte[] Frames);
