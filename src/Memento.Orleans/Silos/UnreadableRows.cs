using Memento.Catalog;
using Memento.Journaling;
using Memento.Storage;
using Memento.Tables;
using Microsoft.Extensions.Logging;

namespace Memento.Silos;

/// <summary>
/// Sets the rows aside that cannot be read, while their partition is loaded. Nobody can use the
/// partition yet.
/// </summary>
internal sealed class UnreadableRows(
    TableDefinition table,
    PartitionEpoch owner,
    RowMover mover,
    ICatalogGrain catalog,
    ILogger logger)
{
    /// <summary>How many rows of a partition the log names.</summary>
    public const int MostNamed = 10;

    /// <summary>The bytes of documents that wait to be moved.</summary>
    private const int MostBytes = 16 << 20;

    private readonly List<StoredRow> _waiting = [];
    private long _waitingBytes;
    private long _count;

    public async ValueTask AddAsync(StoredRow row, StorageException reason)
    {
        if (_count++ < MostNamed) UnreadableLog.SetAside(logger, table.Name, reason.Message);
        _waiting.Add(row);
        _waitingBytes += row.Document.Length;
        if (_waiting.Count == RowMover.MaxRows || _waitingBytes > MostBytes) await MoveAsync();
    }

    /// <summary>Moves what waits; whether anything was set aside.</summary>
    public async Task<bool> EndAsync()
    {
        if (_count == 0) return false;

        await MoveAsync();
        UnreadableLog.Counted(
            logger, _count, owner.Partition, table.Name, StorageNames.OfUnreadable(table.Name));
        return true;
    }

    private async Task MoveAsync()
    {
        if (_waiting.Count == 0) return;

        await catalog.AddUnreadableAsync(table.Name);
        await mover.MoveAsync(
            table.Name, StorageNames.OfUnreadable(table.Name), owner, _waiting.ToArray());
        _waiting.Clear();
        _waitingBytes = 0;
    }
}

/// <summary>The log messages about records that their type cannot read.</summary>
internal static partial class UnreadableLog
{
    [LoggerMessage(
        EventId = 1111,
        Level = LogLevel.Warning,
        Message = "A record of table '{Table}' is set aside: {Reason}")]
    public static partial void SetAside(ILogger logger, string table, string reason);

    [LoggerMessage(
        EventId = 1112,
        Level = LogLevel.Warning,
        Message = "{Count} records of partition {Number} of table '{Table}' cannot be read by its "
            + "type, and were moved to the stored table '{Aside}'")]
    public static partial void Counted(
        ILogger logger, long count, int number, string table, string aside);
}
