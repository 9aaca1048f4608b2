namespace DataProcessor.Load.Conducting;

/// <summary>How long things are measured.</summary>
/// <param name="Rounds">Of each row; the table shows the medians.</param>
/// <param name="Seconds">Of a measurement, where the row does not say otherwise.</param>
/// <param name="IsQuick">A trial of the harness: everything is short and small, and its figures are none.</param>
internal sealed record Effort(int Rounds, double Seconds, bool IsQuick)
{
    /// <summary>Fewer rounds give no median worth the name.</summary>
    public const int LeastRounds = 5;

    /// <summary>Before each measurement under the same load: the runtime compiles what is hot anew while it runs.</summary>
    public double WarmUpSeconds => IsQuick ? 0.5 : 3;

    /// <summary>Long enough to fill the producers' buffers at 150 % and see what happens then.</summary>
    public double CapacitySeconds => IsQuick ? Seconds : 60;

    public double IdleSeconds => IsQuick ? Seconds : 10;

    /// <summary>Shards of the row that has many which idle.</summary>
    public int IdleShards => IsQuick ? 100 : 1000;

    /// <summary>Shards of the largest stream under load.</summary>
    public int MostShards => IsQuick ? 50 : 500;

    public bool IsResult => Rounds >= LeastRounds && !IsQuick;
}
