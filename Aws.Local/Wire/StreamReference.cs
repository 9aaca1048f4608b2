using DataProcessor.Aws.Local.Streams;

namespace DataProcessor.Aws.Local.Wire;

/// <summary>StreamName or StreamARN of a request.</summary>
internal struct StreamReference
{
    private const string NamePattern = "[a-zA-Z0-9_.-]+";

    public string? Name;
    public string? Arn;

    public readonly bool IsGiven => Name is not null || Arn is not null;

    /// <summary>Takes the member if it is one of the two.</summary>
    public bool TryTake(WireMember member)
    {
        if (member.Is("StreamName"u8))
        {
            Name = member.Value.Text;
            return true;
        }

        if (member.Is("StreamARN"u8))
        {
            Arn = member.Value.Text;
            return true;
        }

        return false;
    }

    /// <summary>Checks the form of what is there; an ARN may stand in for the name.</summary>
    public readonly void Check(Constraints constraints, bool isRequired = true)
    {
        constraints.Require("streamName", IsGiven || !isRequired);
        CheckName(constraints, "streamName", Name);
        constraints.Length("streamARN", Arn, 1, 2048);
        constraints.Pattern("streamARN", Arn, Arn is null || NameIn(Arn) is not null, @"arn:aws.*:kinesis:.*:\d{12}:stream/\S+");
    }

    public static void CheckName(Constraints constraints, string member, string? name)
    {
        constraints.Length(member, name, 1, 128);
        constraints.Pattern(member, name, name is null or "" || LocalKinesisOptions.StreamName().IsMatch(name), NamePattern);
    }

    /// <summary>The name that is meant; throws if name and ARN differ or the ARN is another account's or region's.</summary>
    public readonly string Resolve(StreamCatalog catalog)
    {
        if (Arn is null)
        {
            return Name!;
        }

        var name = NameIn(Arn)!;
        if (Name is not null && !string.Equals(Name, name, StringComparison.Ordinal))
        {
            throw ServiceErrors.InvalidArgument($"StreamName {Name} and StreamARN {Arn} name different streams.");
        }

        return string.Equals(Arn, catalog.ArnOf(name), StringComparison.Ordinal)
            ? name
            : throw new ServiceException(
                "ResourceNotFoundException", $"Stream {Arn} not found: this server's streams are {catalog.ArnOf("NAME")}.");
    }

    private static string? NameIn(string arn) =>
        arn.Split(':', 6) is ["arn", ['a', 'w', 's', ..], "kinesis", _, { Length: 12 } account, var resource]
            && !account.AsSpan().ContainsAnyExceptInRange('0', '9')
            && resource.StartsWith("stream/", StringComparison.Ordinal)
            && LocalKinesisOptions.StreamName().IsMatch(resource["stream/".Length..])
                ? resource["stream/".Length..]
                : null;
}
