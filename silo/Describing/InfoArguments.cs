using System.Net;

namespace Memento.Silo.Describing;

/// <summary>The command line of a description of the running store.</summary>
/// <param name="Gateway">
/// The gateway of a silo to ask; null: the one that the settings name, on this machine.
/// </param>
/// <param name="IsJson">Whether it is written as JSON.</param>
internal sealed record InfoArguments(IPEndPoint? Gateway, bool IsJson)
{
    private const string Command = "info";
    private const string Connect = "--connect";
    private const string Json = "--json";

    /// <summary>
    /// Takes the arguments of a description from others; null if none is asked for.
    /// </summary>
    /// <exception cref="SiloConfigurationException">The gateway is none.</exception>
    public static InfoArguments? Take(ref string[] arguments)
    {
        if (arguments is not [Command, .. string[] rest]) return null;

        List<string> others = [.. rest];
        bool isJson = others.Remove(Json);
        IPEndPoint? gateway = null;
        if (others.IndexOf(Connect) is >= 0 and int place)
        {
            gateway = Parse(others.ElementAtOrDefault(place + 1));
            others.RemoveRange(place, 2);
        }

        arguments = [.. others];
        return new InfoArguments(gateway, isJson);
    }

    private static IPEndPoint Parse(string? text)
    {
        string? address = text?.Replace(
            "localhost:", "127.0.0.1:", StringComparison.OrdinalIgnoreCase);
        if (IPEndPoint.TryParse(address ?? "", out IPEndPoint? gateway) && gateway.Port > 0)
            return gateway;

        throw new SiloConfigurationException(
            $"{Connect} needs the gateway of a silo, an IP address and a port: "
            + $"{Connect} 127.0.0.1:30000. It got '{text}'.");
    }
}
