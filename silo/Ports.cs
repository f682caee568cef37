using System.Net;
using System.Net.Sockets;

namespace Memento.Silo;

/// <summary>
/// Checks the ports before Orleans does: Orleans would say that an address is taken, and not which
/// setting it comes from.
/// </summary>
internal static class Ports
{
    /// <exception cref="SiloConfigurationException">
    /// A port is out of range, or taken, or the address is not of this machine.
    /// </exception>
    public static void Check(SiloOptions options, IPAddress address)
    {
        Check(nameof(SiloOptions.SiloPort), options.SiloPort, address);
        Check(nameof(SiloOptions.GatewayPort), options.GatewayPort, address);
        if (options.SiloPort == options.GatewayPort)
        {
            throw new SiloConfigurationException(
                $"Silo:SiloPort and Silo:GatewayPort are both {options.SiloPort}. Give each a port "
                + "of its own.");
        }
    }

    private static void Check(string setting, int port, IPAddress address)
    {
        if (port is < 1 or > IPEndPoint.MaxPort)
        {
            throw new SiloConfigurationException(
                $"Silo:{setting} is {port}. Give a port from 1 to {IPEndPoint.MaxPort}.");
        }

        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
        }
        catch (SocketException failure)
        {
            if (failure.SocketErrorCode == SocketError.AddressNotAvailable)
            {
                throw new SiloConfigurationException(
                    $"{ClusterSettings.Section}:Address is {address}, which is no address of this "
                    + "machine. Give one that it has.",
                    failure);
            }

            string reason = failure.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? "taken by another program, perhaps another silo"
                : $"not to be had: {failure.Message}";
            throw new SiloConfigurationException(
                $"Port {port} is {reason}. Stop that, or choose another port with Silo:{setting} "
                + $"in appsettings.json or Silo__{setting} in the environment.",
                failure);
        }
    }
}
