using Microsoft.Extensions.Logging;

namespace Memento.Hosting;

/// <summary>The log messages of starting and stopping.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(
        EventId = 1000, Level = LogLevel.Information,
        Message = "Memento started with {Tables} tables")]
    public static partial void Started(ILogger logger, int tables);

    [LoggerMessage(
        EventId = 1001,
        Level = LogLevel.Error,
        Message = "The silo has not joined its cluster after {Patience}, and goes on trying. "
            + "The log of Orleans before this says why; check that the silo which its clustering "
            + "names is running and can be reached, and that this silo's own address can be "
            + "reached too")]
    public static partial void HasNotJoined(ILogger logger, TimeSpan patience);
}
