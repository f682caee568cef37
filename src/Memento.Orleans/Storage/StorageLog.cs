using Microsoft.Extensions.Logging;

namespace Memento.Storage;

/// <summary>What the storage says in the log.</summary>
internal static partial class StorageLog
{
    [LoggerMessage(
        EventId = 1100,
        Level = LogLevel.Error,
        Message = "A journal batch of {Commits} commits failed and was taken back, with {Behind} behind it")]
    public static partial void BatchFailed(
        ILogger logger, Exception exception, int commits, int behind);

    [LoggerMessage(
        EventId = 1101, Level = LogLevel.Information, Message = "Disk tables are kept in {Storage}")]
    public static partial void Opened(ILogger logger, string storage);

    [LoggerMessage(
        EventId = 1102,
        Level = LogLevel.Information,
        Message = "Partition {Partition} of table {Table} was loaded: {Records} records in {Elapsed}")]
    public static partial void Loaded(
        ILogger logger, int partition, string table, long records, TimeSpan elapsed);
}
