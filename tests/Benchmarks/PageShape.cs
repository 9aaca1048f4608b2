namespace DataProcessor.Benchmarks;

/// <summary>Kinesis records of a page or event, and the size of their data.</summary>
public enum PageShape
{
    FourOf250KB,
    FiveHundredOf200B,
}
