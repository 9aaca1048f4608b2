using System.Net.Sockets;
using Orleans.Runtime;

namespace DataProcessor.Gateway.Putting;

/// <summary>What a failed grain call says about the cluster and about the call.</summary>
internal static class CallFailure
{
    /// <summary>
    /// The cluster failed and not the grain: the call is worth repeating. We cancel no call; Orleans reports as cancelled one
    /// that expired before it found a place for the grain.
    /// </summary>
    public static bool IsOutage(Exception failure) => failure
        is TimeoutException or OrleansException or OperationCanceledException
        or IOException or SocketException or StreamUnavailableException;

    /// <summary>
    /// No activation has executed the call: a silo or the client refused to deliver it, or the grain could not be
    /// activated because it got no shard map. A silo that was lost under way or a time-out does not say that.
    /// </summary>
    public static bool WasNotDelivered(Exception failure) => failure
        is OrleansMessageRejectionException and not SiloUnavailableException
        or GatewayTooBusyException
        or StreamUnavailableException;
}
