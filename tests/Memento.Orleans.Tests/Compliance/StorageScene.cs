using System.Text;
using System.Text.Json;
using Memento.Storage;

namespace Memento.Tests.Compliance;

/// <summary>
/// An open storage with a table t, whose partition 0 is owned, and short ways to use it.
/// </summary>
internal sealed class StorageScene(IJournalStorage storage)
{
    private long _position;

    public IJournalStorage Storage { get; } = storage;

    /// <summary>The owner number of partition 0 of t.</summary>
    public long Epoch { get; private set; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Opens a storage; makes the table where it is missing.</summary>
    public static async Task<StorageScene> OpenAsync(IJournalStorage storage)
    {
        await storage.OpenAsync(Token);
        var scene = new StorageScene(storage);
        await storage.CreateTableAsync("t", Token);
        await scene.OwnAsync();
        return scene;
    }

    public static RowWrite Row(int key, string? value, string table = "t", int partition = 0)
        => new(table, partition, [(byte)(key >> 8), (byte)key], Document(value));

    public static byte[]? Document(string? value)
        => value is null ? null : JsonSerializer.SerializeToUtf8Bytes(new { Value = value });

    /// <summary>Becomes the owner of partition 0 of t.</summary>
    public async Task OwnAsync() => Epoch = await Storage.RaiseEpochAsync("t", 0, Token);

    /// <summary>An entry of the owner.</summary>
    public JournalEntry Entry(params RowWrite[] writes) => new()
    {
        TransactionId = Guid.NewGuid(),
        Writes = writes,
        Epochs = [new PartitionEpoch("t", 0, Epoch)],
    };

    /// <summary>An entry that empties t, and has rows of its own.</summary>
    public JournalEntry Clear(params RowWrite[] writes) => new()
    {
        TransactionId = Guid.NewGuid(),
        Clears = ["t"],
        Writes = writes,
        Epochs = [new PartitionEpoch("t", 0, Epoch)],
    };

    /// <summary>An entry whose outcome is kept, and which no owner can fence off.</summary>
    public static JournalEntry Deciding(Guid id, params RowWrite[] writes) => new()
    {
        TransactionId = id,
        Writes = writes,
        Epochs = [],
        KeepsOutcome = true,
    };

    /// <summary>A batch with the next positions.</summary>
    public JournalBatch Batch(params JournalEntry[] entries)
    {
        long first = _position + 1;
        _position += entries.Length;

        // As the journal does for storages that know only outcomes again.
        if (!Storage.SettlesBatches && !entries.Any(static entry => entry.KeepsOutcome))
            entries[0] = entries[0].KeepingOutcome();
        return new JournalBatch(first, entries);
    }

    public async Task WriteAsync(params JournalEntry[] entries)
        => await Storage.WriteAsync(Batch(entries), Token);

    public Task WriteAsync(params RowWrite[] writes) => WriteAsync(Entry(writes));

    /// <summary>The rows of a partition, as <c>key=value</c>.</summary>
    public async Task<string[]> RowsAsync(string table = "t", int partition = 0)
    {
        List<string> rows = [];
        await foreach (StoredRow row in Storage.LoadAsync(table, partition, Token))
            rows.Add($"{(row.Key[0] << 8) | row.Key[1]}={ValueOf(row)}");
        return [.. rows];
    }

    public static string ValueOf(StoredRow row)
    {
        using JsonDocument document = JsonDocument.Parse(row.Document);
        return document.RootElement.GetProperty("Value").GetString()!;
    }

    public async Task<string?> NoteAsync(string name)
        => await Storage.ReadNoteAsync(name, Token) is { } note
            ? Encoding.UTF8.GetString(note)
            : null;

    public Task WriteNoteAsync(string name, string json)
        => Storage.WriteNoteAsync(name, Encoding.UTF8.GetBytes(json), Token);
}
