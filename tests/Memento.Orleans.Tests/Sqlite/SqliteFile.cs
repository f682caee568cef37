using System.Diagnostics;
using System.Text;
using Memento.Storage;
using Memento.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Memento.Tests.Sqlite;

/// <summary>
/// A directory of its own for one test, the storage in it, and short ways to use it.
/// </summary>
internal sealed class SqliteFile : IAsyncDisposable
{
    private readonly List<string> _mounts = [];
    private readonly List<SqliteJournalStorage> _storages = [];

    public SqliteFile() => Root = Directory.CreateTempSubdirectory("memento-sqlite-").FullName;

    public string Root { get; }

    public string Path => System.IO.Path.Combine(Root, "movies.db");

    public SqliteJournalStorage New(
        string? path = null,
        TimeSpan? busyTimeout = null,
        TimeProvider? timeProvider = null,
        ILogger<SqliteJournalStorage>? logger = null)
    {
        var options = new SqliteOptions
        {
            BusyTimeout = busyTimeout ?? TimeSpan.FromSeconds(5),
        };
        var storage = new SqliteJournalStorage(
            $"Data Source={path ?? Path}", options, timeProvider, logger);
        _storages.Add(storage);
        return storage;
    }

    /// <summary>
    /// An open storage that has an empty table t, whose partition 0 is at epoch 1.
    /// </summary>
    public async Task<SqliteJournalStorage> OpenAsync(
        string? path = null,
        TimeSpan? busyTimeout = null,
        TimeProvider? timeProvider = null,
        ILogger<SqliteJournalStorage>? logger = null)
    {
        var storage = New(path, busyTimeout, timeProvider, logger);
        await storage.OpenAsync(CancellationToken.None);
        await storage.CreateTableAsync("t", CancellationToken.None);
        await storage.RaiseEpochAsync("t", 0, CancellationToken.None);
        return storage;
    }

    /// <summary>Mounts a directory in memory; skips the test where that is not allowed.</summary>
    public string Mount(string options)
    {
        string directory = System.IO.Path.Combine(Root, $"mount{_mounts.Count}");
        Directory.CreateDirectory(directory);
        if (!OperatingSystem.IsLinux()
            || !Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", directory))
            Assert.Skip("A file system cannot be mounted here; that takes root on Linux.");
        _mounts.Add(directory);
        return directory;
    }

    public void Remount(string directory, string options) =>
        Assert.True(Run("mount", "-o", "remount," + options, directory));

    /// <summary>
    /// Makes one file read-only even for root; skips the test where that is not allowed.
    /// </summary>
    public void MakeReadOnly(string file)
    {
        if (!OperatingSystem.IsLinux() || !Run("mount", "--bind", file, file))
            Assert.Skip("A file cannot be mounted here; that takes root on Linux.");
        _mounts.Add(file);
        Remount(file, "ro,bind");
    }

    /// <summary>The view and the changes of another program.</summary>
    public SqliteConnection Connect(string? path = null)
    {
        var connection = new SqliteConnection(
            $"Data Source={path ?? Path};Pooling=False;Default Timeout=1");
        connection.Open();
        return connection;
    }

    public object? Scalar(string text, string? path = null)
    {
        using var connection = Connect(path);
        using var command = connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var storage in _storages)
            await storage.DisposeAsync();
        foreach (string mount in _mounts)
            Run("umount", mount);
        Directory.Delete(Root, recursive: true);
    }

    public static RowWrite Row(int key, string? value, string table = "t") =>
        new(table, 0, [(byte)(key >> 16), (byte)(key >> 8), (byte)key], Document(value));

    public static byte[]? Document(string? value) =>
        value is null ? null : Encoding.UTF8.GetBytes($$"""{"Value":"{{value}}"}""");

    public static JournalEntry Entry(params RowWrite[] writes) => new()
    {
        TransactionId = Guid.NewGuid(),
        Writes = writes,
        Epochs = [new PartitionEpoch("t", 0, 1)],
    };

    public static JournalBatch Batch(long position, params RowWrite[] writes) =>
        new(position, [Entry(writes)]);

    public static JournalBatch Outcome(
        long position, Guid transactionId, params RowWrite[] writes) =>
        new(
            position,
            [
                new JournalEntry
                {
                    TransactionId = transactionId,
                    Writes = writes,
                    Epochs = [],
                    KeepsOutcome = true,
                },
            ]);

    public static async Task<List<StoredRow>> LoadAsync(
        IJournalStorage storage, string table = "t", int partition = 0)
    {
        var rows = new List<StoredRow>();
        await foreach (var row in storage.LoadAsync(table, partition, CancellationToken.None))
            rows.Add(row);
        return rows;
    }

    public static async Task<string[]> DocumentsAsync(
        IJournalStorage storage, string table = "t") =>
        [.. (await LoadAsync(storage, table)).Select(row => Encoding.UTF8.GetString(row.Document))];

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
