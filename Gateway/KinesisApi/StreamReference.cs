using DataProcessor.Gateway.Routing;

namespace DataProcessor.Gateway.KinesisApi;

/// <summary>The stream of a call, by StreamName or StreamARN.</summary>
/// <param name="Name">The stream's name.</param>
/// <param name="AccountId">When it came as an ARN: the account that must own it.</param>
internal readonly record struct StreamReference(string Name, string? AccountId)
{
    private const string ArnPattern = @"arn:aws.*:kinesis:.*:\d{12}:stream/\S+";
    private const string NamePattern = "[a-zA-Z0-9_.-]+";
    private const string ResourcePrefix = "stream/";

    public static void Check(PutCall call, Constraints constraints)
    {
        constraints.RequireThere(call.StreamName is not null || call.StreamArn is not null, "streamName");
        if (call.StreamName is { } name)
        {
            constraints.RequireLength(name.Length, 1, 128, "streamName", name);
            constraints.RequirePattern(name.Length is 0 or > 128 || StreamName.IsValid(name), "streamName", name, NamePattern);
        }

        if (call.StreamArn is { } arn)
        {
            constraints.RequirePattern(InArn(arn) is not null, "streamARN", arn, ArnPattern);
        }
    }

    /// <summary>What the call names, once <see cref="Check"/> found nothing; null when name and ARN differ.</summary>
    public static StreamReference? Of(PutCall call)
    {
        var inArn = call.StreamArn is { } arn ? InArn(arn) : null;
        return inArn is null ? new StreamReference(call.StreamName!, null)
            : call.StreamName is { } name && name != inArn.Value.Name ? null
            : inArn;
    }

    private static StreamReference? InArn(string arn) =>
        arn.Split(':', 6) is ["arn", ['a', 'w', 's', ..], "kinesis", _, { Length: 12 } account, var resource]
            && !account.AsSpan().ContainsAnyExceptInRange('0', '9')
            && resource.StartsWith(ResourcePrefix, StringComparison.Ordinal)
            && StreamName.IsValid(resource[ResourcePrefix.Length..])
                ? new StreamReference(resource[ResourcePrefix.Length..], account)
                : null;
}
