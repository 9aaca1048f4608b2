namespace DataProcessor.Silo.Listeners;

/// <summary>
/// The port that a connection came in by, and that an endpoint answers on. As connection feature and endpoint metadata:
/// the Host header, which the client writes, decides nothing.
/// </summary>
internal sealed class Listener(string name)
{
    public static Listener Gateway { get; } = new("gateway");

    public static Listener Admin { get; } = new("admin");

    public override string ToString() => name;
}
