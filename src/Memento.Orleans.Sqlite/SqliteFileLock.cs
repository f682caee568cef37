using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Memento.Storage.Sqlite;

/// <summary>
/// The exclusive lock of a storage file, which lasts as long as this object or the process. The
/// lock is on the open <c>.lock</c> file, not on its presence: the file of a dead process is free.
/// </summary>
internal sealed class SqliteFileLock : IDisposable
{
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);

    private readonly FileStream _stream;

    private SqliteFileLock(FileStream stream) => _stream = stream;

    /// <exception cref="StorageException">
    /// Another process has the lock, or the lock file cannot be made.
    /// </exception>
    public static SqliteFileLock Take(string path)
    {
        string lockPath = path + ".lock";
        try
        {
            // On Unix only FileShare.None excludes other processes. On Windows Read excludes them
            // too, and lets them read which process has the lock.
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
    /// Releases the lock. The file stays: deleting it could take the lock from a process that has
    /// just opened it.
    /// </summary>
    public void Dispose()
    {
        try
        {
            _stream.SetLength(0);
        }
        catch (IOException)
        {
            // The text in the file is only for people; the lock itself ends with the stream.
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

/// <summary>
/// Reads a lock file that another process has locked. On Unix, .NET's own streams refuse, because
/// they ask for a shared lock first. The lock is advisory, so a plain open and read work.
/// </summary>
internal static class LockFileReader
{
    private const int ReadOnly = 0;
    private const int MaxBytes = 512;

    /// <returns>The text, or an empty text if it cannot be read.</returns>
    public static string Read(string path)
    {
        try
        {
            return OperatingSystem.IsWindows() ? ReadShared(path) : ReadUnlocked(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException
            or DllNotFoundException or EntryPointNotFoundException)
        {
            return "";
        }
    }

    private static string ReadShared(string path)
    {
        using var stream = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string ReadUnlocked(string path)
    {
        int file = Open(Encoding.UTF8.GetBytes(path + '\0'), ReadOnly);
        if (file < 0) return "";
        try
        {
            byte[] buffer = new byte[MaxBytes];
            nint count = Read(file, buffer, MaxBytes);
            return count <= 0 ? "" : Encoding.UTF8.GetString(buffer, 0, (int)count);
        }
        finally
        {
            _ = Close(file);
        }
    }

    [DllImport("libc", EntryPoint = "open")]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "read")]
    private static extern nint Read(int file, [Out] byte[] buffer, nint count);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int file);
}
