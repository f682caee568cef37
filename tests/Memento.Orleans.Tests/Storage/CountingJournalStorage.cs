using Memento.Storage;

namespace Memento.Tests.Storage;

/// <summary>Keeps nothing, takes as long as a disk, and counts.</summary>
internal sealed class CountingJournalStorage : IJournalStorage
{
    /// <summary>As long as an fsync; in no time at all there would be nothing to share.</summary>
    private static readonly TimeSpan FlushTime = TimeSpan.FromMilliseconds(3);

    private readonly List<int> _batches = [];

    public string Description => "a storage that counts";

    public CatalogStorage Catalog => throw new NotSupportedException();

    /// <summary>How many commits each batch had.</summary>
    public IReadOnlyList<int> Batches
    {
        get
        {
            lock (_batches)
                return [.. _batches];
        }
    }

    public async ValueTask WriteAsync(JournalBatch batch, CancellationToken cancellationToken)
    {
        await Task.Delay(FlushTime, cancellationToken);
        lock (_batches)
            _batches.Add(batch.Entries.Count);
    }

    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task CreateTableAsync(string table, CancellationToken cancellationToken)
        => throw new NotSupportedException();

    public Task DropTableAsync(string table, CancellationToken cancellationToken)
        => throw new NotSupportedException();

    public Task<long> RaiseEpochAsync(
        string table, int partition, CancellationToken cancellationToken)
        => throw new NotSupportedException();

    public IAsyncEnumerable<StoredRow> LoadAsync(
        string table, int partition, CancellationToken cancellationToken)
        => throw new NotSupportedException();

    public Task<TransactionOutcome> DecideAsync(
        Guid transactionId, CancellationToken cancellationToken)
        => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
