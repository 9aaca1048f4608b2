namespace DataProcessor.Conformance.Harness;

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AfterAllSuites
{
    public const string Name = "after all suites";
}
