using System.Runtime.InteropServices;
using System.Text;

namespace Memento.Storage.Sqlite;

/// <summary>
/// Reads a lock file that somebody holds. On Unix .NET's own streams refuse, since they ask for a
/// shared lock first; the lock is advisory, so plain open and read do not.
/// </summary>
internal static class LockFileReader
{
    private const int ReadOnly = 0;
    private const int MaxBytes = 512;

    /// <returns>What it says, or nothing where it cannot be read.</returns>
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
        if (file < 0)
            return "";
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
