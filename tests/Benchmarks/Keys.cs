namespace DataProcessor.Benchmarks;

/// <summary>Which partition keys the user records of a benchmark have.</summary>
public enum Keys
{
    None,
    Hundred,
    Distinct,
}
