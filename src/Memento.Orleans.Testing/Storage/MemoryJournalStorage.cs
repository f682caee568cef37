using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Memento.Storage;
using Orleans.Storage;

namespace Memento.Testing;

/// <summary>
/// The smallest storage that keeps every promise of <see cref="IJournalStorage"/>, for tests of the
/// code above it. It checks its caller too. Several storages may have the same disk, as the silos
/// of a cluster have the same database.
/// </summary>
internal sealed partial class MemoryJournalStorage(MemoryDisk? disk = null) : IJournalStorage
{
    /// <summary>
    /// How many batches it can recognise. A silo asks for its last one only; tests ask for more.
    /// </summary>
    private const int MostBatches = 10_000;

    private readonly MemoryDisk _disk = disk ?? new MemoryDisk();
    private long _lastPosition;
    private bool _isInDoubt;

    public string Description => "memory";

    public CatalogStorage Catalog { get; init; } =
        new("memory", MemoryGrainStorageFactory.Create);

    /// <summary>What was written, oldest first.</summary>
    public IReadOnlyList<JournalBatch> Batches => Read(static state => state.Batches);

    public bool SettlesBatches { get; init; } = true;

    public Task OpenAsync(CancellationToken cancellationToken)
        => Call(
            () => _disk.IsHidden
                ? throw new StorageException("The memory is not there, says the test.")
                : true,
            cancellationToken);

    public Task<byte[]?> ReadNoteAsync(string name, CancellationToken cancellationToken)
        => Call(
            () => Read(state => state.Notes.GetValueOrDefault(name)), cancellationToken);

    public Task WriteNoteAsync(string name, byte[] note, CancellationToken cancellationToken)
        => Change(
            state => (state with { Notes = state.Notes.SetItem(name, note) }, true),
            cancellationToken);

    public Task CreateTableAsync(string table, CancellationToken cancellationToken)
        => Change(
            state => (
                state.Tables.ContainsKey(table) ? state : state with
                {
                    Tables = state.Tables.Add(
                        table, ImmutableSortedDictionary<RowPlace, byte[]>.Empty),
                },
                true),
            cancellationToken);

    public Task DropTableAsync(string table, CancellationToken cancellationToken)
        => Change(
            state => (
                state with
                {
                    Tables = state.Tables.Remove(table),

                    // Raised and not removed: an owner from before must not pass for a new one.
                    Epochs = state.Epochs.SetItems(state.Epochs
                        .Where(each => each.Key.Table == table)
                        .Select(static each => KeyValuePair.Create(each.Key, each.Value + 1))),
                },
                true),
            cancellationToken);

    public Task<long> RaiseEpochAsync(
        string table, int partition, CancellationToken cancellationToken)
        => Change(
            state =>
            {
                long epoch = state.Epochs.GetValueOrDefault((table, partition)) + 1;
                return (
                    state with { Epochs = state.Epochs.SetItem((table, partition), epoch) },
                    epoch);
            },
            cancellationToken);

    public async IAsyncEnumerable<StoredRow> LoadAsync(
        string table,
        int partition,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ImmutableSortedDictionary<RowPlace, byte[]> rows = Read(
            state => state.Tables.GetValueOrDefault(table)
                ?? throw new StorageException($"Memory has no table '{table}'. Create it first."));
        await Task.CompletedTask;
        foreach ((RowPlace place, byte[] document) in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (place.Partition == partition) yield return new StoredRow(place.Key, document);
        }
    }

    public ValueTask WriteAsync(JournalBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_disk.Gate)
        {
            RequireSettled();
            if (batch.Entries.Count == 0 || batch.FirstPosition <= _lastPosition)
                throw new ArgumentException("Positions went backwards.", nameof(batch));
            MemoryState state = _disk.State;
            foreach (PartitionEpoch each in batch.Entries.SelectMany(static each => each.Epochs))
            {
                if (state.Epochs.GetValueOrDefault((each.Table, each.Partition)) != each.Epoch)
                    throw new FencedException(each.Table, each.Partition);
            }

            state = batch.Entries.Aggregate(state, Apply);
            try
            {
                Commit(state with { Batches = Remember(state.Batches, batch) });
            }
            catch (IOException failure)
            {
                _isInDoubt = true;
                throw new BatchInDoubtException("Memory lost the answer.", failure);
            }

            _lastPosition = batch.FirstPosition + batch.Entries.Count - 1;
        }

        return default;
    }

    public async ValueTask<bool> SettleAsync(
        JournalBatch batch, CancellationToken cancellationToken)
    {
        if (SettlesBatches) return Read(state => state.Batches.Contains(batch));

        // What the interface does for those that know outcomes only.
        JournalEntry known = batch.Entries.First(static entry => entry.KeepsOutcome);
        return await DecideAsync(known.TransactionId, cancellationToken)
            == TransactionOutcome.Committed;
    }

    public Task<TransactionOutcome> DecideAsync(
        Guid transactionId, CancellationToken cancellationToken)
        => Change(
            state =>
            {
                const TransactionOutcome aborted = TransactionOutcome.Aborted;
                return state.Outcomes.TryGetValue(transactionId, out TransactionOutcome standing)
                    ? (state, standing)
                    : (
                        state with { Outcomes = state.Outcomes.Add(transactionId, aborted) },
                        aborted);
            },
            cancellationToken);

    public ValueTask DisposeAsync() => default;

    private static ImmutableList<JournalBatch> Remember(
        ImmutableList<JournalBatch> batches, JournalBatch batch)
        => (batches.Count < MostBatches ? batches : batches.RemoveAt(0)).Add(batch);

    private MemoryState Apply(MemoryState state, JournalEntry entry)
    {
        var tables = state.Tables.ToBuilder();
        foreach (string table in entry.Clears)
            tables[table] = RowsOf(table).Clear();
        foreach (RowWrite write in entry.Writes)
        {
            var rows = RowsOf(write.Table);
            var place = new RowPlace(write.Partition, write.Key);
            if (_disk.IsFull && write.Document is not null)
                throw new StorageException("Memory is full: the disk is full, says the test.");
            tables[write.Table] = write.Document is null
                ? rows.Remove(place)
                : rows.SetItem(place, write.Document);
        }

        if (entry.KeepsOutcome
            && state.Outcomes.TryGetValue(entry.TransactionId, out TransactionOutcome standing))
        {
            throw new OutcomeDecidedException(entry.TransactionId, standing);
        }

        return state with
        {
            Tables = tables.ToImmutable(),
            Outcomes = (entry.KeepsOutcome
                ? state.Outcomes.Add(entry.TransactionId, TransactionOutcome.Committed)
                : state.Outcomes).RemoveRange(entry.Forgets),
        };

        ImmutableSortedDictionary<RowPlace, byte[]> RowsOf(string table)
            => tables.GetValueOrDefault(table) ?? throw new EntryRefusedException(
                entry.TransactionId, new StorageException($"Memory has no table '{table}'."));
    }

    private T Read<T>(Func<MemoryState, T> read)
    {
        lock (_disk.Gate)
        {
            RequireSettled();
            return read(_disk.State);
        }
    }

    private Task<T> Change<T>(
        Func<MemoryState, (MemoryState, T)> change, CancellationToken cancellationToken)
    {
        return Call(MakeChange, cancellationToken);

        T MakeChange()
        {
            lock (_disk.Gate)
            {
                RequireSettled();
                (MemoryState state, T result) = change(_disk.State);
                try
                {
                    Commit(state);
                }
                catch (IOException failure)
                {
                    // Each of these changes may be asked for again, whether or not it is in.
                    throw new StorageException("Memory lost the answer.", failure);
                }

                return result;
            }
        }
    }

    private static Task<T> Call<T>(Func<T> call, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Task.FromResult(call());
        }
        catch (OperationCanceledException)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }
        catch (Exception failure)
        {
            return Task.FromException<T>(failure);
        }
    }

    private void Commit(MemoryState state)
    {
        if (_disk.Commit is { } commit)
            commit(state);
        else
            _disk.State = state;
    }

    /// <summary>What is on the disk is not read as long as it may still change.</summary>
    private void RequireSettled()
    {
        if (_isInDoubt && _disk.Commit is not null)
            throw new StorageException("Memory cannot be asked, says the test.");
        _isInDoubt = false;
    }
}
