using System.Net;
using System.Net.Sockets;

namespace DataProcessor.Silo.Listeners;

internal static class FreePort
{
    /// <summary>
    /// The port itself, or a free one of 127.0.0.1 for 0. Orleans must know its ports before it listens; between this
    /// and its bind another process may take the port, and then the start fails and says so.
    /// </summary>
    public static int Resolve(int port)
    {
        if (port != 0)
        {
            return port;
        }

        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
