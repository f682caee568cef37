using Memento.Tables;
using Microsoft.Extensions.Logging;

namespace Memento.Catalog;

/// <summary>The stored form of the catalog.</summary>
internal sealed class CatalogState
{
    /// <summary>The tables by name.</summary>
    public Dictionary<string, CatalogEntry> Tables { get; set; } = [];

    /// <summary>The secret of the continuations of pages; null until the first request.</summary>
    public byte[]? PageKey { get; set; }

    /// <summary>
    /// Whether there is a stored table of decisions that participants of others wait for.
    /// </summary>
    public bool HasDecisions { get; set; }
}

/// <summary>A table in the catalog.</summary>
/// <param name="Schema">The description of the table, with its current indexes.</param>
/// <param name="IsBeingDeleted">
/// Whether its deletion has begun. If the process dies in between, the next start completes the
/// deletion.
/// </param>
/// <param name="Added">The indexes that no type declares; null for none.</param>
/// <param name="HasUnreadable">
/// Whether there is a stored table of the records that were set aside.
/// </param>
/// <param name="HasPrepared">
/// Whether there is a stored table of the transactions that wait for a decision of others.
/// </param>
/// <param name="Made">
/// Tells it from an earlier table of its name; 0: it was made by a version that kept no number.
/// </param>
internal sealed record CatalogEntry(
    TableSchema Schema,
    bool IsBeingDeleted,
    IReadOnlyList<IndexSchema>? Added = null,
    bool HasUnreadable = false,
    bool HasPrepared = false,
    long Made = 0);

/// <summary>The log messages of the catalog.</summary>
internal static partial class CatalogLog
{
    [LoggerMessage(
        EventId = 1110,
        Level = LogLevel.Warning,
        Message = "The catalog was not what {Storage} says of its tables, and was made again from "
            + "it: {Tables} tables")]
    public static partial void MadeAgain(ILogger logger, string storage, int tables);
}
