namespace DataProcessor.Conformance.Scenarios;

/// <summary>A few calls on a new stream of three shards, made in the same way by each client to each server.</summary>
internal sealed record Scenario(string Name, params Step[] Steps)
{
    /// <summary>The foreign servers that do not do as Kinesis does; the scenario's comment says what they do.</summary>
    public OddServer OddOnes { get; init; }

    /// <summary>If both are odd: what is seen in Kinesis, as <see cref="ScenarioView"/> writes it.</summary>
    public string? InKinesis { get; init; }

    /// <summary>Whether the aws command runs it too; it takes most of a second for each call.</summary>
    public bool IsForCommandLine { get; init; }

    /// <summary>Whether it uses fields that Debian's boto3, of 2022, does not know.</summary>
    public bool IsTooNewForBoto3 { get; init; }
}
