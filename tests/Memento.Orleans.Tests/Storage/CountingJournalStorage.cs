using Memento.Storage;

namespace Memento.Tests.Storage;

/// <summary>
/// Keeps nothing, takes as long as a disk, and counts. The first batch is held until it is let go.
/// </summary>
internal sealed class CountingJournalStorage : IJournalStorage
{
    /// <summary>As long as an fsync; in no time at all there would be nothing to share.</summary>
    private static readonly TimeSpan FlushTime = TimeSpan.FromMilliseconds(3);

    private readonly List<int> _batches = [];
    private readonly TaskCompletionSource _firstBegun = NewSource();
    private readonly TaskCompletionSource _firstMayEnd = NewSource();

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

    /// <summary>Ends when the first batch is being written.</summary>
    public Task FirstBegun => _firstBegun.Task;

    public void LetFirstEnd() => _firstMayEnd.TrySetResult();

    public async ValueTask WriteAsync(JournalBatch batch, CancellationToken cancellationToken)
    {
        _firstBegun.TrySetResult();
        await _firstMayEnd.Task;
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

    private static TaskCompletionSource NewSource()
        => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
