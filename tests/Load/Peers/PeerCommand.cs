namespace DataProcessor.Load.Peers;
internal static class PeerCommand { public static Task<int> RunAsync(string[] args) => Task.FromResult(2); }
