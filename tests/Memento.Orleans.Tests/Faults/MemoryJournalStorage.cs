using System.Runtime.CompilerServices;
using Memento.Storage;
using Orleans.Storage;

namespace Memento.Tests.Faults;

/// <summary>
/// A journal storage in memory, for tests of what stands above it: keeps the rules of
/// <see cref="IJournalStorage"/> on positions, epochs and outcomes, and checks its caller.
/// </summary>
internal sealed class MemoryJournalStorage : IJournalStorage
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Table, int Partition), SortedDictionary<byte[], byte[]>>
        _rows = [];

    private readonly Dictionary<(string Table, int Partition), long> _epochs = [];
    private readonly Dictionary<Guid, TransactionOutcome> _outcomes = [];
    private readonly List<JournalBatch> _batches = [];
    private long _lastPosition;

    public string Description => "memory";

    public CatalogStorage Catalog { get; init; } =
        new("memory", MemoryGrainStorageFactory.Create);

    /// <summary>What was written, oldest first.</summary>
    public IReadOnlyList<JournalBatch> Batches
    {
        get
        {
            lock (_gate)
                return [.. _batches];
        }
    }

    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task CreateTableAsync(string table, CancellationToken cancellationToken)
        => Task.CompletedTask;

    public Task DropTableAsync(string table, CancellationToken cancellationToken)
        => Task.CompletedTask;

    public Task<long> RaiseEpochAsync(
        string table, int partition, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            long epoch = _epochs.GetValueOrDefault((table, partition)) + 1;
            _epochs[(table, partition)] = epoch;
            return Task.FromResult(epoch);
        }
    }

    public async IAsyncEnumerable<StoredRow> LoadAsync(
        string table,
        int partition,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        StoredRow[] rows;
        lock (_gate)
        {
            rows = _rows.TryGetValue((table, partition), out var found)
                ? [.. found.Select(static row => new StoredRow(row.Key, row.Value))]
                : [];
        }

        await Task.CompletedTask;
        foreach (StoredRow row in rows)
            yield return row;
    }

    public ValueTask WriteAsync(JournalBatch batch, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Assert.NotEmpty(batch.Entries);
            Assert.True(batch.FirstPosition > _lastPosition, "Positions went backwards.");
            foreach (PartitionEpoch each in batch.Entries.SelectMany(static each => each.Epochs))
            {
                if (_epochs.GetValueOrDefault((each.Table, each.Partition)) != each.Epoch)
                    throw new FencedException(each.Table, each.Partition);
            }

            _lastPosition = batch.FirstPosition + batch.Entries.Count - 1;
            _batches.Add(batch);
            foreach (JournalEntry entry in batch.Entries)
                Keep(entry);
        }

        return default;
    }

    public bool SettlesBatches { get; init; } = true;

    public async ValueTask<bool> SettleAsync(
        JournalBatch batch, CancellationToken cancellationToken)
    {
        if (!SettlesBatches)
        {
            // What the interface does for those that know outcomes only.
            JournalEntry known = batch.Entries.First(static entry => entry.KeepsOutcome);
            return await DecideAsync(known.TransactionId, cancellationToken)
                == TransactionOutcome.Committed;
        }

        lock (_gate)
            return _batches.Contains(batch);
    }

    public Task<TransactionOutcome> DecideAsync(
        Guid transactionId, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _outcomes.TryAdd(transactionId, TransactionOutcome.Aborted);
            return Task.FromResult(_outcomes[transactionId]);
        }
    }

    public ValueTask DisposeAsync() => default;

    private void Keep(JournalEntry entry)
    {
        foreach (var table in _rows.Keys.Where(key => entry.Clears.Contains(key.Table)).ToArray())
            _rows.Remove(table);
        if (entry.KeepsOutcome) _outcomes[entry.TransactionId] = TransactionOutcome.Committed;
        foreach (RowWrite write in entry.Writes)
        {
            if (!_rows.TryGetValue((write.Table, write.Partition), out var rows))
            {
                rows = new(Comparer<byte[]>.Create(
                    static (left, right) => left.AsSpan().SequenceCompareTo(right)));
                _rows[(write.Table, write.Partition)] = rows;
            }

            if (write.Document is null)
                rows.Remove(write.Key);
            else
                rows[write.Key] = write.Document;
        }
    }
}
