using Microsoft.Extensions.Logging;

namespace Memento.Catalog;

/// <summary>What the catalog says in the log.</summary>
internal static partial class CatalogLog
{
    [LoggerMessage(
        EventId = 1110,
        Level = LogLevel.Warning,
        Message = "The catalog was not what {Storage} says of its tables, and was made again from it: "
            + "{Tables} tables")]
    public static partial void MadeAgain(ILogger logger, string storage, int tables);
}
