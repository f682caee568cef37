using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Memento.Silo;

/// <summary>
/// Separates failures that the operator of the silo can repair from bugs of Memento.
/// </summary>
internal static class StartFailure
{
    /// <summary>The message; null if only a stack trace would help.</summary>
    public static string? Explain(Exception failure)
    {
        for (Exception? each = failure; each is not null; each = each.InnerException)
        {
            if (each is SiloConfigurationException or MementoException or OptionsValidationException
                or InvalidDataException or AddressInUseException or SocketException)
            {
                return each.Message;
            }
        }

        return null;
    }
}
