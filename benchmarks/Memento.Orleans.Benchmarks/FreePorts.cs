using System.Net;
using System.Net.Sockets;

namespace Memento.Benchmarks;

/// <summary>Finds TCP ports of this machine that nobody listens on.</summary>
internal static class FreePorts
{
    public static int[] Find(int count)
    {
        // All are held until all are known, or two could be one.
        List<TcpListener> held = [];
        for (int i = 0; i < count; i++)
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            held.Add(listener);
        }

        int[] ports = [.. held.Select(static each => ((IPEndPoint)each.LocalEndpoint).Port)];
        held.ForEach(static each => each.Dispose());
        return ports;
    }
}
