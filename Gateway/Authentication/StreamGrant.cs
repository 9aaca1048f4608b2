using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;
using DataProcessor.Gateway.Routing;

namespace DataProcessor.Gateway.Authentication;

/// <summary>The streams that a key may write: those named, or all when none is.</summary>
internal sealed class StreamGrant(IEnumerable<string> streams)
{
    private readonly FrozenSet<string> _streams = streams.ToFrozenSet(StringComparer.Ordinal);

    public bool Covers(string stream) => _streams.Count == 0 || _streams.Contains(stream);

    /// <summary>Streams that cannot exist would make a key that opens nothing, or was meant to open something else.</summary>
    public static IEnumerable<ValidationResult> Validate(IEnumerable<string> streams) => streams
        .Where(stream => !StreamName.IsValid(stream))
        .Select(stream => new ValidationResult($"Streams: '{stream}' is no stream name: {StreamName.Rule}."));
}
