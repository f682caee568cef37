using Microsoft.Extensions.Logging;

namespace Memento.Hosting;

/// <summary>What starting and stopping say in the log.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(
        EventId = 1000, Level = LogLevel.Information, Message = "Memento started with {Tables} tables")]
    public static partial void Started(ILogger logger, int tables);
}
