namespace DataProcessor.Conformance.Harness;

/// <summary>Runs when all suites have ended, because collections that are not parallel run after those that are.</summary>
[Collection(AfterAllSuites.Name)]
public sealed class CaseCountTests(ForeignParts foreign, ITestOutputHelper output)
{
    [Fact]
    public void Cases_of_each_suite()
    {
        Assert.SkipWhen(foreign.Cases.IsEmpty, "no suite ran");
        output.WriteLine(foreign.Cases.ToString());
    }
}
