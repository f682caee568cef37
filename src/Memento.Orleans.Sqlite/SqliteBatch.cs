using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Memento.Storage.Sqlite;

/// <summary>
/// Writes a batch inside its database transaction. Keeps the epochs in memory: the lock file keeps
/// other processes out, so the epochs that were read at the opening and raised since are the epochs
/// in the file.
/// </summary>
/// <remarks>Called under the writer's lock only.</remarks>
internal sealed class SqliteBatch(TimeProvider timeProvider, SqliteSettings settings)
{
    /// <summary>
    /// How long an outcome is kept. A transaction lasts an hour at the most, and a caller in doubt
    /// about it asks within another hour.
    /// </summary>
    public static readonly TimeSpan OutcomeLifetime = TimeSpan.FromHours(2);

    // Each new outcome removes up to two old ones, so that no delete is ever long.
    private const int PrunedForEach = 2;

    private readonly Dictionary<(string Table, int Partition), long> _epochs = [];
    private readonly Dictionary<string, (string Upsert, string Delete)> _texts =
        new(StringComparer.Ordinal);

    public void LoadEpochs(SqliteDatabase database)
    {
        _epochs.Clear();
        using var statement = database.Prepare("SELECT name, partition, epoch FROM memento_epoch");
        while (statement.Step())
        {
            _epochs[(statement.Text(0), checked((int)statement.Integer(1)))] =
                statement.Integer(2);
        }
    }

    public static long RaiseEpoch(SqliteDatabase database, string table, int partition) =>
        database.Prepared(
            """
            INSERT INTO memento_epoch (name, partition, epoch) VALUES (?1, ?2, 1)
            ON CONFLICT (name, partition) DO UPDATE SET epoch = epoch + 1 RETURNING epoch
            """)
            .Bind(1, table)
            .Bind(2, partition)
            .Scalar() ?? throw new InvalidOperationException("The epoch was not returned.");

    public void KeepEpoch(string table, int partition, long epoch) =>
        _epochs[(table, partition)] = epoch;

    /// <summary>
    /// Raises the epochs of a dropped table, instead of removing them. If they began at 1 again, an
    /// owner of the old table would pass for an owner of a new table of the same name.
    /// </summary>
    public static void FenceTable(SqliteDatabase database, string table) =>
        database.Prepared("UPDATE memento_epoch SET epoch = epoch + 1 WHERE name = ?1")
            .Bind(1, table)
            .Execute();

    public void KeepTableFenced(string table)
    {
        foreach (var owned in _epochs.Keys.Where(key => key.Table == table).ToArray())
            _epochs[owned]++;
    }

    /// <returns>Whether tables were emptied, so that their rows have to be removed.</returns>
    /// <exception cref="FencedException">A partition has a newer owner.</exception>
    /// <exception cref="OutcomeDecidedException">An outcome is decided already.</exception>
    /// <exception cref="EntryRefusedException">
    /// SQLite cannot hold a row of an entry, or clear its table.
    /// </exception>
    public bool Write(SqliteDatabase database, JournalBatch batch)
    {
        foreach (var entry in batch.Entries)
            CheckEpochs(entry);

        int outcomes = 0;
        bool isCleared = false;
        foreach (var entry in batch.Entries)
        {
            isCleared |= entry.Clears.Count > 0;
            WriteEntry(database, entry);
            foreach (Guid forgotten in entry.Forgets)
                Forget(database, forgotten);
            if (!entry.KeepsOutcome) continue;
            outcomes++;
            var standing = KeepOutcome(
                database, entry.TransactionId, TransactionOutcome.Committed, out bool isNew);
            if (!isNew) throw new OutcomeDecidedException(entry.TransactionId, standing);
        }

        if (outcomes > 0) Prune(database, outcomes);
        return isCleared;
    }

    public TransactionOutcome Decide(SqliteDatabase database, Guid transactionId)
    {
        Prune(database, 1);
        return KeepOutcome(database, transactionId, TransactionOutcome.Aborted, out _);
    }

    private void CheckEpochs(JournalEntry entry)
    {
        foreach (var relied in entry.Epochs)
        {
            if (!_epochs.TryGetValue((relied.Table, relied.Partition), out long epoch)
                || epoch != relied.Epoch)
            {
                throw new FencedException(relied.Table, relied.Partition);
            }
        }
    }

    private void WriteEntry(SqliteDatabase database, JournalEntry entry)
    {
        try
        {
            foreach (string table in entry.Clears)
                Clear(database, table);
            for (int index = 0; index < entry.Writes.Count; index++)
                WriteRow(database, entry.Writes[index]);
        }
        catch (SqliteException failure) when (SqliteErrors.IsOfRow(failure))
        {
            string action = entry.Clears.Count > 0 ? "clear a table" : "write a record";
            throw new EntryRefusedException(
                entry.TransactionId,
                SqliteErrors.Translate(failure, settings, settings.Path, action));
        }
        catch (StorageException refusal)
        {
            throw new EntryRefusedException(entry.TransactionId, refusal);
        }
    }

    private void Clear(SqliteDatabase database, string table)
    {
        if (SqliteSchema.Exists(database, table)) SqliteTrash.Throw(database, table);
        SqliteSchema.CreateTable(database, table, settings.Path);
    }

    private void WriteRow(SqliteDatabase database, in RowWrite write)
    {
        var (upsert, delete) = Texts(write.Table);
        var statement = database.Prepared(write.Document is null ? delete : upsert)
            .Bind(1, write.Partition)
            .Bind(2, write.Key);
        if (write.Document is not null) statement.BindUtf8(3, write.Document);
        statement.Execute();
    }

    private (string Upsert, string Delete) Texts(string table)
    {
        ref var texts = ref CollectionsMarshal.GetValueRefOrAddDefault(
            _texts, table, out bool isKnown);
        if (!isKnown)
        {
            string name = SqliteSchema.Quote(table);
            texts = (
                $"""
                INSERT INTO {name} (partition, key, doc) VALUES (?1, ?2, ?3)
                ON CONFLICT (partition, key) DO UPDATE SET doc = excluded.doc
                """,
                $"DELETE FROM {name} WHERE partition = ?1 AND key = ?2");
        }

        return texts;
    }

    private TransactionOutcome KeepOutcome(
        SqliteDatabase database, Guid transactionId, TransactionOutcome outcome, out bool isNew)
    {
        Span<byte> id = stackalloc byte[16];
        transactionId.TryWriteBytes(id, bigEndian: true, out _);
        database.Prepared(
            """
            INSERT INTO memento_outcome (id, outcome, at) VALUES (?1, ?2, ?3)
            ON CONFLICT DO NOTHING
            """)
            .Bind(1, id)
            .Bind(2, (long)outcome)
            .Bind(3, timeProvider.GetUtcNow().ToUnixTimeMilliseconds())
            .Execute();
        isNew = database.Changes == 1;
        if (isNew) return outcome;

        long? standing = database.Prepared("SELECT outcome FROM memento_outcome WHERE id = ?1")
            .Bind(1, id)
            .Scalar();
        return (TransactionOutcome)(standing
            ?? throw new InvalidOperationException($"The outcome of {transactionId} is gone."));
    }

    private static void Forget(SqliteDatabase database, Guid transactionId)
    {
        Span<byte> id = stackalloc byte[16];
        transactionId.TryWriteBytes(id, bigEndian: true, out _);
        database.Prepared("DELETE FROM memento_outcome WHERE id = ?1").Bind(1, id).Execute();
    }

    private void Prune(SqliteDatabase database, int outcomes)
    {
        var expiry = timeProvider.GetUtcNow() - OutcomeLifetime;
        database.Prepared(
            """
            DELETE FROM memento_outcome WHERE id IN (
                SELECT id FROM memento_outcome WHERE at < ?1 ORDER BY at LIMIT ?2)
            """)
            .Bind(1, expiry.ToUnixTimeMilliseconds())
            .Bind(2, (long)outcomes * PrunedForEach)
            .Execute();
    }
}
