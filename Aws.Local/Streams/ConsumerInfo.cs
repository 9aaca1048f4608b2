using System.Globalization;

namespace DataProcessor.Aws.Local.Streams;

/// <summary>A registered consumer; kept in the stream's metadata.</summary>
/// <param name="Name">Unique in the stream.</param>
/// <param name="CreatedMs">When it was registered, epoch ms; its seconds are part of its ARN.</param>
/// <param name="ActiveFromMs">Until then it is CREATING.</param>
internal sealed record ConsumerInfo(string Name, long CreatedMs, long ActiveFromMs)
{
    public const string Creating = "CREATING";

    public string Status(long nowMs) => nowMs < ActiveFromMs ? Creating : "ACTIVE";

    public string ArnIn(string streamArn) =>
        string.Create(CultureInfo.InvariantCulture, $"{streamArn}/consumer/{Name}:{CreatedMs / 1000}");
}
