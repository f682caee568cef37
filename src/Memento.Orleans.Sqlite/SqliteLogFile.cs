using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Memento.Storage.Sqlite;

/// <summary>SQLite's log, as a file.</summary>
internal static class SqliteLogFile
{
    private const int PieceBytes = 1 << 20;

    /// <summary>Writes what is in the log once more, and syncs it.</summary>
    /// <remarks>
    /// After a sync has failed, the system may take for written what never reached the disk: it
    /// can still be read, and the next sync succeeds without it. Only another write brings it to
    /// the disk. To copy the log into the main file would not do. A power loss would leave a log
    /// that ends early, and old pages of it would be read over the new ones of the main file.
    /// Readers may go on meanwhile, because not a byte changes. The caller keeps writers away.
    /// </remarks>
    /// <exception cref="SqliteException">The disk failed again.</exception>
    public static void WriteAgain(string path)
    {
        // Without a log, all of it is in the main file: that is when SQLite removes the log.
        if (!File.Exists(path)) return;

        try
        {
            using var log = File.OpenHandle(
                path,
                FileMode.Open,
                FileAccess.ReadWrite,
                FileShare.ReadWrite | FileShare.Delete);
            byte[] piece = new byte[PieceBytes];
            long offset = 0;
            for (int count; (count = RandomAccess.Read(log, piece, offset)) > 0; offset += count)
                RandomAccess.Write(log, piece.AsSpan(0, count), offset);
            RandomAccess.FlushToDisk(log);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SqliteException(
                $"the log could not be written again: {failure.Message}", raw.SQLITE_IOERR);
        }
    }
}
