namespace DataProcessor.Conformance.Harness;

/// <summary>
/// A suite that needs Node. It is skipped before a test begins: inside a property's sample a skip would count as a
/// counter-example.
/// </summary>
public abstract class NodeSuite
{
    protected NodeSuite() => Prerequisite.Node();
}
