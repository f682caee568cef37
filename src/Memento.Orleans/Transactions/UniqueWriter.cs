using Memento.Keys;
using Memento.Participants;
using Memento.Partitions.Operations;
using Memento.Tables;

namespace Memento.Transactions;

/// <summary>
/// One write or deletion in a table with unique indexes, whose entries are in the partitions of
/// their values. It reads the record of the key, claims the new values, writes, and releases the
/// old values. Everything that can fail by itself comes before the first step. The steps run under
/// a savepoint of their own: a step that fails undoes the steps before it, whatever the body does
/// with the error.
/// </summary>
internal sealed class UniqueWriter : IDisposable
{
    private readonly TableDefinition _table;
    private readonly IndexSet _indexes;
    private readonly OperationSender _outer;
    private readonly OperationSender _steps;

    public UniqueWriter(OperationSender sender, TableDefinition table, IndexSet indexes)
    {
        _table = table;
        _indexes = indexes;
        _outer = sender;
        _steps = sender.Inside(
            sender.State.UseSavepoints().BeginSteps(sender.Savepoint));

        // The call also counts as running between two steps.
        sender.State.BeginCall(sender.Savepoint);
    }

    public void Dispose() => _outer.State.EndCall(_outer.Savepoint);

    /// <summary>Writes a record; false if it must be absent and is present.</summary>
    /// <exception cref="UniqueIndexException">Another record has one of its values.</exception>
    public async ValueTask<bool> PutAsync(
        WriteOperation write, object record, CancellationToken cancellationToken)
    {
        Encode(write);
        IReadOnlyList<(IndexDefinition Index, Key Value)> values = ValuesOf(write.Taken);
        try
        {
            object? old = await ReadForWriteAsync(write.Key, cancellationToken)
                .ConfigureAwait(false);
            if (old is not null && write.OnlyIfAbsent) return false;

            foreach ((IndexDefinition index, Key value) in values)
            {
                await ClaimAsync(index, value, write.Key, record, cancellationToken)
                    .ConfigureAwait(false);
            }

            await _steps.SendAsync(_table, write, cancellationToken).ConfigureAwait(false);
            if (old is not null)
            {
                await ReleaseAsync(write.Key, ValuesOf(old), values, cancellationToken)
                    .ConfigureAwait(false);
            }

            return true;
        }
        catch
        {
            await UndoAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Deletes the record of a key; true if there was one.</summary>
    public async ValueTask<bool> DeleteAsync(
        DeleteOperation deletion, CancellationToken cancellationToken)
    {
        Key key = deletion.Key;
        try
        {
            object? old = await ReadForWriteAsync(key, cancellationToken).ConfigureAwait(false);
            if (old is not null)
            {
                await ReleaseAsync(key, ValuesOf(old), kept: [], cancellationToken)
                    .ConfigureAwait(false);
            }

            return await _steps.SendAsync(_table, deletion, cancellationToken)
                .ConfigureAwait(false);
        }
        catch
        {
            await UndoAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Deletes a record if the stored record equals it; true if it did.</summary>
    public async ValueTask<bool> DeleteRecordAsync(
        DeleteRecordOperation deletion, object record, CancellationToken cancellationToken)
    {
        Encode(deletion);
        IReadOnlyList<(IndexDefinition Index, Key Value)> values = ValuesOf(record);
        try
        {
            bool isDeleted = await _steps.SendAsync(_table, deletion, cancellationToken)
                .ConfigureAwait(false);
            if (isDeleted)
            {
                await ReleaseAsync(deletion.Key, values, kept: [], cancellationToken)
                    .ConfigureAwait(false);
            }

            return isDeleted;
        }
        catch
        {
            await UndoAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// A record that cannot be copied or encoded fails here, before the first step.
    /// </summary>
    private void Encode(RecordOperation operation)
    {
        if (_steps.Partitions.ShareMemory)
            operation.Prepare(_table);
        else
            operation.Pack(_table);
    }

    private List<(IndexDefinition Index, Key Value)> ValuesOf(object record)
    {
        List<(IndexDefinition Index, Key Value)> values = new(_indexes.Unique.Length);
        foreach (IndexDefinition index in _indexes.Unique)
        {
            if (index.TryEncodeUnique(record, out byte[] value))
                values.Add((index, new Key(value)));
        }

        return values;
    }

    private ValueTask<object?> ReadForWriteAsync(Key key, CancellationToken cancellationToken)
        => _steps.SendAsync(_table, new ReadOperation(key, writes: true), cancellationToken);

    private async ValueTask ClaimAsync(
        IndexDefinition index,
        Key value,
        Key key,
        object record,
        CancellationToken cancellationToken)
    {
        byte[]? holder = await _steps.SendAsync(
            _table, new ClaimOperation(index.Reference, value, key.Bytes), cancellationToken)
            .ConfigureAwait(false);
        if (holder is null) return;

        throw new UniqueIndexException(
            _table.Name,
            index.Name,
            index.ValueOf(record),
            _table.KeyCodec.Decode(new Key(holder)));
    }

    private async ValueTask ReleaseAsync(
        Key key,
        IReadOnlyList<(IndexDefinition Index, Key Value)> values,
        IReadOnlyList<(IndexDefinition Index, Key Value)> kept,
        CancellationToken cancellationToken)
    {
        foreach ((IndexDefinition Index, Key Value) each in values)
        {
            if (kept.Contains(each)) continue;

            await _steps.SendAsync(
                _table,
                new ReleaseOperation(each.Index.Reference, each.Value, key.Bytes),
                cancellationToken).ConfigureAwait(false);
        }
    }

    private ValueTask UndoAsync()
        => _steps.State.RollbackAsync(_steps.Savepoint!, alsoInGrains: false);
}
