namespace DataProcessor.Conformance.Scenarios;

/// <summary>One call of a scenario.</summary>
/// <param name="Operation">Kinesis' name.</param>
/// <param name="Input">
/// JSON as on the wire. <c>{stream}</c> is the scenario's stream, <c>{iterator}</c>, <c>{token}</c> and <c>{sequence}</c> what
/// the last call brought that gave one.
/// </param>
internal sealed record Step(string Operation, string Input);
