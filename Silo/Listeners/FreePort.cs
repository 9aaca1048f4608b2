using System.Net;
using System.Net.Sockets;

namespace DataProcessor.Silo.Listeners;

internal static class FreePort
{
    /// <summary>
    /// The port itself, or a free one of 127.0.0.1 for 0. Orleans must know its ports before it listens; between this
    /// and its bind another process may take a free port, and then the start fails and says so.
    /// </summary>
    /// <param name="port">A port, or 0.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="IOException">
    /// The port is taken. Orleans would not notice: it shares its ports, and two silos on one would take each other's calls.
    /// </exception>
    public static int Resolve(int port, string option)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new IOException(
                $"127.0.0.1:{port} ({option}) is in use. If the first silo has it, --join joins that one; {option} names another port.", e);
        }

        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
