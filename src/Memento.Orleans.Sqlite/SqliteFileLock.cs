using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Memento.Storage.Sqlite;

/// <summary>
/// The exclusive hold on a storage file, which lasts as long as this object or the process. The
/// lock is on the open <c>.lock</c> file and not its presence: one left behind by a dead process is
/// free.
/// </summary>
internal sealed class SqliteFileLock : IDisposable
{
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);

    private readonly FileStream _stream;

    private SqliteFileLock(FileStream stream) => _stream = stream;

    /// <exception cref="StorageException">Another process has it, or it cannot be made.</exception>
    public static SqliteFileLock Take(string path)
    {
        string lockPath = path + ".lock";
        try
        {
            // On Unix only FileShare.None excludes others; on Windows Read does too, and lets them
            // read who we are.
            var share = OperatingSystem.IsWindows() ? FileShare.Read : FileShare.None;
            var stream = new FileStream(
                lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, share, bufferSize: 0);
            var taken = new SqliteFileLock(stream);
            taken.Sign();
            return taken;
        }
        catch (IOException failure) when (failure.HResult
            is LinuxWouldBlock or MacWouldBlock or WindowsSharingViolation)
        {
            throw new StorageException(
                $"SQLite {path} is in use by {Holder(lockPath)}. An SQLite file belongs to one "
                + "silo; give each silo its own file, or, so that several silos form one cluster, "
                + "keep the tables in PostgreSQL (UsePostgreSql).",
                failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(
                $"SQLite {path} cannot be opened, because its lock file {lockPath} cannot be "
                + $"written: {failure.Message} Let this process write to its directory.",
                failure);
        }
    }

    /// <summary>
    /// Lets go. The file stays: to delete it would take the lock from under one who has just opened
    /// it.
    /// </summary>
    public void Dispose()
    {
        try
        {
            _stream.SetLength(0);
        }
        catch (IOException)
        {
            // Who held it is only said for people; the hold itself ends with the stream.
        }
        finally
        {
            _stream.Dispose();
        }
    }

    private static string Holder(string lockPath)
    {
        string text = LockFileReader.Read(lockPath).Trim();
        return text.Length == 0 ? "another process" : text;
    }

    private void Sign()
    {
        using var process = Process.GetCurrentProcess();
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"process {process.Id} on {Environment.MachineName}, ")
            + string.Create(
                CultureInfo.InvariantCulture,
                $"started {process.StartTime.ToUniversalTime():yyyy-MM-dd HH:mm:ss}Z\n");
        _stream.SetLength(0);
        _stream.Write(Encoding.UTF8.GetBytes(text));
        _stream.Flush();
    }
}
