using Npgsql;
using NpgsqlTypes;

namespace Memento.Storage.PostgreSql;

/// <summary>
/// The commands of a journal batch. Only what is left at its end is written: of each key the last
/// row, of each table what comes after it was last emptied. Nobody sees the moments in between.
/// </summary>
internal sealed class PostgreSqlBatch
{
    // The arrays of a command have to stay far below 1 GB.
    private const int MostBytes = 64 << 20;

    private readonly PostgreSqlSettings _settings;
    private readonly JournalBatch _batch;
    private readonly Dictionary<string, TableChange> _tables = new(StringComparer.Ordinal);
    private readonly HashSet<PartitionEpoch> _epochs = [];
    private readonly List<Guid> _outcomes = [];
    private readonly List<Guid> _forgotten = [];

    public PostgreSqlBatch(PostgreSqlSettings settings, JournalBatch batch)
    {
        _settings = settings;
        _batch = batch;
        foreach (var entry in batch.Entries)
        {
            _epochs.UnionWith(entry.Epochs);
            if (entry.KeepsOutcome) _outcomes.Add(entry.TransactionId);
            _forgotten.AddRange(entry.Forgets);
            foreach (string table in entry.Clears)
                Change(table).Clear();
            for (int index = 0; index < entry.Writes.Count; index++)
            {
                var write = entry.Writes[index];
                Change(write.Table).Rows[new RowKey(write.Partition, write.Key)] = write.Document;
            }
        }
    }

    /// <summary>The journal position that the database reaches with the batch.</summary>
    public static long LastPosition(JournalBatch batch) =>
        batch.FirstPosition + batch.Entries.Count - 1;

    public void Fill(NpgsqlBatch batch)
    {
        if (_epochs.Count > 0) batch.BatchCommands.Add(CheckCommand());
        foreach (var (table, change) in _tables)
        {
            if (change.IsCleared) batch.BatchCommands.Add(ClearCommand(table));
            AddRows(batch, table, change.Rows);
        }

        if (_outcomes.Count > 0) batch.BatchCommands.Add(KeepCommand());
        if (_forgotten.Count > 0) batch.BatchCommands.Add(ForgetCommand());
    }

    /// <summary>The error of the contract for an error of the server.</summary>
    /// <param name="writer">The connection, on which the entry that is to blame is found.</param>
    /// <param name="failure">The error of the server.</param>
    /// <param name="action">What could not be done.</param>
    public async Task<Exception> TranslateAsync(
        PostgreSqlWriter writer, PostgresException failure, string action)
    {
        switch (failure.SqlState)
        {
            case PostgreSqlErrors.Fenced:
                return PostgreSqlErrors.FencedOf(failure);
            case PostgreSqlErrors.Decided:
                return new OutcomeDecidedException(
                    Guid.Parse(failure.TableName!),
                    (TransactionOutcome)int.Parse(
                        failure.ColumnName!, System.Globalization.CultureInfo.InvariantCulture));
        }

        if (!PostgreSqlErrors.IsOfRow(failure))
            return PostgreSqlErrors.Translate(failure, _settings, action);

        var refused = await writer.TryOutAsync(action, FindRefusedAsync).ConfigureAwait(false);
        return refused ?? (Exception)PostgreSqlErrors.Translate(failure, _settings, action);
    }

    /// <summary>The first entry that the server refuses by itself.</summary>
    private async Task<EntryRefusedException?> FindRefusedAsync(NpgsqlConnection connection)
    {
        foreach (var entry in _batch.Entries)
        {
            var alone = new PostgreSqlBatch(
                _settings,
                new JournalBatch(
                    1,
                    [
                        new JournalEntry
                        {
                            TransactionId = entry.TransactionId,
                            Clears = entry.Clears,
                            Writes = entry.Writes,
                            Epochs = [],
                        },
                    ]));
            var batch = new NpgsqlBatch(connection);
            await using (batch.ConfigureAwait(false))
            {
                alone.Fill(batch);
                if (batch.BatchCommands.Count == 0) continue;
                try
                {
                    await batch.ExecuteNonQueryAsync().ConfigureAwait(false);
                }
                catch (PostgresException failure) when (PostgreSqlErrors.IsOfRow(failure))
                {
                    return new EntryRefusedException(
                        entry.TransactionId,
                        PostgreSqlErrors.Translate(failure, _settings, "write a record"));
                }
            }
        }

        return null;
    }

    private TableChange Change(string table)
    {
        if (!_tables.TryGetValue(table, out var change))
            _tables.Add(table, change = new TableChange());
        return change;
    }

    private NpgsqlBatchCommand CheckCommand() => new(
        $"SELECT {_settings.QuotedSchema}.memento_check($1, $2, $3)")
    {
        Parameters =
        {
            Array(NpgsqlDbType.Text, _epochs.Select(static each => each.Table)),
            Array(NpgsqlDbType.Integer, _epochs.Select(static each => each.Partition)),
            Array(NpgsqlDbType.Bigint, _epochs.Select(static each => each.Epoch)),
        },
    };

    private NpgsqlBatchCommand ClearCommand(string table) => new(
        $"SELECT {_settings.QuotedSchema}.memento_clear($1)")
    {
        Parameters = { new NpgsqlParameter<string> { TypedValue = table } },
    };

    /// <summary>
    /// In the order of ids, so that two silos never wait for each other.
    /// </summary>
    private NpgsqlBatchCommand ForgetCommand() => new(
        $"DELETE FROM {_settings.Qualify("memento_outcome")} WHERE id IN ("
        + $"SELECT id FROM {_settings.Qualify("memento_outcome")} WHERE id = ANY ($1) "
        + "ORDER BY id FOR UPDATE)")
    {
        Parameters = { Array(NpgsqlDbType.Uuid, _forgotten) },
    };

    private NpgsqlBatchCommand KeepCommand() => new(
        $"SELECT {_settings.QuotedSchema}.memento_keep($1)")
    {
        Parameters = { Array(NpgsqlDbType.Uuid, _outcomes) },
    };

    private void AddRows(NpgsqlBatch batch, string table, Dictionary<RowKey, byte[]?> rows)
    {
        string name = _settings.Qualify(table);
        RowKey[] deleted = [.. rows.Where(static row => row.Value is null).Select(KeyOf)];
        if (deleted.Length > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                $"""
                DELETE FROM {name} AS t USING unnest($1, $2) AS r(partition, key)
                WHERE t.partition = r.partition AND t.key = r.key
                """)
            {
                Parameters = { PartitionsOf(deleted), KeysOf(deleted) },
            });
        }

        List<KeyValuePair<RowKey, byte[]?>> written = [];
        int bytes = 0;
        foreach (var row in rows)
        {
            if (row.Value is null) continue;
            if (written.Count > 0 && bytes + row.Value.Length > MostBytes)
            {
                batch.BatchCommands.Add(UpsertCommand(name, written));
                written = [];
                bytes = 0;
            }

            written.Add(row);
            bytes += row.Value.Length + row.Key.Key.Length;
        }

        if (written.Count > 0) batch.BatchCommands.Add(UpsertCommand(name, written));
    }

    private static NpgsqlBatchCommand UpsertCommand(
        string name, List<KeyValuePair<RowKey, byte[]?>> rows)
    {
        RowKey[] keys = [.. rows.Select(KeyOf)];
        return new NpgsqlBatchCommand(
            $"""
            INSERT INTO {name} (partition, key, doc)
            SELECT r.partition, r.key, convert_from(r.doc, 'UTF8')::jsonb
            FROM unnest($1, $2, $3) AS r(partition, key, doc)
            ON CONFLICT (partition, key) DO UPDATE SET doc = excluded.doc
            """)
        {
            Parameters =
            {
                PartitionsOf(keys),
                KeysOf(keys),
                Array(NpgsqlDbType.Bytea, rows.Select(static row => row.Value!)),
            },
        };
    }

    private static RowKey KeyOf(KeyValuePair<RowKey, byte[]?> row) => row.Key;

    private static NpgsqlParameter PartitionsOf(RowKey[] keys) =>
        Array(NpgsqlDbType.Integer, keys.Select(static key => key.Partition));

    private static NpgsqlParameter KeysOf(RowKey[] keys) =>
        Array(NpgsqlDbType.Bytea, keys.Select(static key => key.Key));

    private static NpgsqlParameter Array<T>(NpgsqlDbType type, IEnumerable<T> values) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = values.ToArray() };

    /// <summary>What a batch leaves in a table.</summary>
    private sealed class TableChange
    {
        public bool IsCleared { get; private set; }

        public Dictionary<RowKey, byte[]?> Rows { get; } = [];

        public void Clear()
        {
            IsCleared = true;
            Rows.Clear();
        }
    }

    private readonly record struct RowKey(int Partition, byte[] Key)
    {
        public bool Equals(RowKey other) =>
            Partition == other.Partition && Key.AsSpan().SequenceEqual(other.Key);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(Partition);
            hash.AddBytes(Key);
            return hash.ToHashCode();
        }
    }
}
