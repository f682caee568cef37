using System.Diagnostics;

namespace Memento.Tests.Faults;

/// <summary>
/// A file system of its own in memory, which really becomes full. A test that needs one is skipped
/// where it cannot be mounted.
/// </summary>
internal sealed class SmallDisk : IDisposable
{
    private const int BlockBytes = 64 << 10;

    private readonly string _ballast;

    public SmallDisk(int megabytes)
    {
        Path = Directory.CreateTempSubdirectory("memento-disk-").FullName;
        _ballast = System.IO.Path.Combine(Path, "ballast");
        if (OperatingSystem.IsLinux()
            && Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", Path))
            return;

        Directory.Delete(Path);
        Assert.Skip("A file system cannot be mounted here; that takes root on Linux.");
    }

    public string Path { get; }

    /// <summary>Takes all the room but so much.</summary>
    public void Fill(int leftMegabytes)
    {
        long left = new DriveInfo(Path).AvailableFreeSpace - ((long)leftMegabytes << 20);
        byte[] block = new byte[BlockBytes];
        using FileStream ballast = File.Create(_ballast);
        for (; left > 0; left -= BlockBytes)
            ballast.Write(block);
    }

    /// <summary>Gives the room back.</summary>
    public void Free() => File.Delete(_ballast);

    public void Dispose()
    {
        Assert.True(Run("umount", "-l", Path));
        Directory.Delete(Path);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
