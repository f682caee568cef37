using System.Net;

namespace Memento.Silo.Describing;

/// <summary>The command line of a description of the running store.</summary>
/// <param name="Gateway">
/// The gateway of a silo to ask; null: the one that the settings name, on this machine.
/// </param>
/// <param name="IsJson">Whether it is written as JSON.</param>
internal sealed record InfoArguments(IPEndPoint? Gateway, bool IsJson)
{
    public const string Command = "info";

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
        IPEndPoint? gateway = StoreConnection.TakeGateway(others);
        arguments = [.. others];
        return new InfoArguments(gateway, isJson);
    }
}
