namespace DataProcessor.Load.Peers;

/// <summary>The command line is wrong; the message says how.</summary>
internal sealed class PeerUsageException(string message) : Exception(message);
