using System.Text.Json.Nodes;

namespace DataProcessor.Conformance.Scenarios;

/// <summary>
/// What a user sees of a scenario: every answer, with the values that differ from run to run replaced by what they stand for.
/// </summary>
internal sealed class ScenarioView(string stream)
{
    /// <summary>Fields that only some servers give, and that say nothing about records or shards.</summary>
    private static readonly string[] Unseen =
    [
        "ConsumerCount", "EncryptionType", "EnhancedMonitoring", "HasMoreStreams", "MaxRecordSizeInKiB", "StreamId",
        "StreamSummaries", "WarmThroughput",
    ];

    private readonly Dictionary<string, string> _sequenceNumbers = [];
    private readonly List<string> _answers = [];

    public string Iterator { get; private set; } = "";

    public string Token { get; private set; } = "";

    public string Sequence { get; private set; } = "";

    public void Add(string operation, JsonNode answer) => _answers.Add(
        $"{operation}: " + (answer["error"] is { } error ? error["code"]!.GetValue<string>() : Show("", answer["output"])));

    public override string ToString() => string.Join('\n', _answers);

    private string Show(string name, JsonNode? value) => value switch
    {
        JsonObject fields => $"{{{string.Join(", ", fields
            .Where(field => field.Value is not null && !Unseen.Contains(field.Key))
            .OrderBy(field => field.Key, StringComparer.Ordinal)
            .Select(field => $"{field.Key}: {Show(field.Key, field.Value)}"))}}}",
        JsonArray names when name == "StreamNames" =>
            $"[{string.Join(", ", names.Select(item => ShowText(name, item!.ToString())).Where(shown => shown == "{stream}"))}]",
        JsonArray items => $"[{string.Join(", ", items.Select(item => Show(name, item)))}]",
        null => "null",
        _ => ShowText(name, value.ToString()),
    };

    private string ShowText(string name, string text)
    {
        if (name.EndsWith("SequenceNumber", StringComparison.Ordinal))
        {
            Sequence = text;
            _sequenceNumbers.TryAdd(text, $"number {_sequenceNumbers.Count + 1}");
            return _sequenceNumbers[text];
        }

        if (name is "ShardIterator" or "NextShardIterator")
        {
            Iterator = text;
            return "iterator";
        }

        if (name is "NextToken")
        {
            Token = text;
            return "token";
        }

        return name.EndsWith("Timestamp", StringComparison.Ordinal) ? "time"
            : name is "MillisBehindLatest" ? "age"
            : text.Replace(stream, "{stream}", StringComparison.Ordinal);
    }
}
