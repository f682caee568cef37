using System.Runtime.CompilerServices;
using Memento.Journaling;
using Memento.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Memento.LogStorage;

/// <summary>
/// Keeps disk tables in a grain storage of Orleans: in a log that all silos share, and in
/// checkpoints behind it.
/// </summary>
internal sealed class GrainJournalStorage : IJournalStorage
{
    private readonly StateStore _states;
    private readonly LogAppender _appender;
    private readonly LogLeases _leases;
    private readonly LogCleaner _cleaner;
    private readonly LogMaintenance _maintenance;
    private bool _isOpen;
    private bool _isDisposed;

    /// <param name="provider">The grain storage.</param>
    /// <param name="name">Its name in the silo.</param>
    /// <param name="options">The options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public GrainJournalStorage(
        IGrainStorage provider,
        string name,
        GrainStorageOptions options,
        TimeProvider time,
        ILogger logger)
    {
        Description = $"grain storage '{name}' (store '{options.StoreName}')";
        Catalog = new CatalogStorage(
            Description, (_, _) => new StoreCatalog(provider, options.StoreName));
        _states = new StateStore(
            provider,
            Description,
            options.StoreName,
            failure => Refusals.IsRefusal(failure) || options.IsRefusal?.Invoke(failure) == true);
        var log = new SharedLog(_states, time, options.MaxStateBytes);
        _appender = new LogAppender(log);
        _leases = new LogLeases(_states, log.Writer, ChangeAsync, LookAsync);
        _cleaner = new LogCleaner(_states, time);
        _maintenance = new LogMaintenance(
            log,
            new LogCheckpoint(_states, _appender, _cleaner, options.MaxStateBytes),
            _cleaner,
            options.CheckpointBytes,
            time,
            new JournalLog(logger));
        _appender.Appended = _maintenance.AppendedAsync;
    }

    public string Description { get; }

    public CatalogStorage Catalog { get; }

    public bool SettlesBatches => true;

    public ILeaseStorage Leases => _leases;

    /// <summary>The provider may need grains itself, as Orleans' memory storage does.</summary>
    public bool OpensInActiveSilo => true;

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_isOpen) throw new InvalidOperationException($"{Description} is open already.");
        await _appender.UseAsync(
            async log =>
            {
                await log.OpenAsync().ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        _isOpen = true;
        _maintenance.Begin();
    }

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        if (await _states.ReadAsync(StateKeys.Root).ConfigureAwait(false) is null)
            throw _states.Missing(StateKeys.Root);
    }

    public Task<byte[]?> ReadNoteAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        return LookAsync(content => content.Note(name), cancellationToken);
    }

    public Task WriteNoteAsync(string name, byte[] note, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(note);
        return ChangeAsync(new NoteChange(name, note), cancellationToken);
    }

    public Task CreateTableAsync(string table, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(table);
        return ChangeAsync(new CreateChange(table), cancellationToken);
    }

    public Task DropTableAsync(string table, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(table);
        return ChangeAsync(new DropChange(table), cancellationToken);
    }

    public async Task<long> RaiseEpochAsync(
        string table, int partition, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(table);
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        return (long)(await ChangeAsync(new RaiseChange(table, partition), cancellationToken)
            .ConfigureAwait(false))!;
    }

    public async IAsyncEnumerable<StoredRow> LoadAsync(
        string table,
        int partition,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(table);
        var reader = new PartitionReader(_states, _cleaner, LookAtRowsAsync);
        await foreach (LogRow row in reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (row.Document is not null) yield return new StoredRow(row.Key, row.Document);
        }

        Task<PartitionRows> LookAtRowsAsync(CancellationToken cancellationToken) => LookAsync(
            content => content.Look(table, partition)
                ?? throw new StorageException(
                    $"{Description} has no table '{table}'. Create it first."),
            cancellationToken);
    }

    public async ValueTask WriteAsync(JournalBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Begin(cancellationToken);
        try
        {
            if (await _appender.AppendAsync(new BatchChange(batch)).ConfigureAwait(false)
                is Exception refusal)
            {
                throw refusal;
            }
        }
        catch (NoAnswerException lost)
        {
            throw new BatchInDoubtException(
                $"{lost.Message} Whether the log has the batch could not be found out either.",
                lost.Reason);
        }
    }

    public async ValueTask<bool> SettleAsync(
        JournalBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Begin(cancellationToken);
        return await _appender.LookAsync(
            log => log.LastBatch == batch.FirstPosition, cancellationToken).ConfigureAwait(false);
    }

    public async Task<TransactionOutcome> DecideAsync(
        Guid transactionId, CancellationToken cancellationToken)
        => (TransactionOutcome)(await ChangeAsync(
            new DecideChange(transactionId), cancellationToken).ConfigureAwait(false))!;

    /// <summary>Makes a checkpoint now, for tests.</summary>
    internal Task<bool> CheckpointAsync(CancellationToken cancellationToken)
        => _maintenance.CheckpointNowAsync(cancellationToken);

    /// <summary>Clears what is due now, for tests.</summary>
    internal Task ClearAsync(CancellationToken cancellationToken)
        => _cleaner.RunAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        await _maintenance.DisposeAsync().ConfigureAwait(false);
        await _appender.DisposeAsync().ConfigureAwait(false);
        _leases.Dispose();
    }

    private void Begin(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!_isOpen) throw new InvalidOperationException($"{Description} is not open yet.");
    }

    private async Task<T> LookAsync<T>(
        Func<LogContent, T> look, CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        return await _appender.LookAsync(log => look(log.Content), cancellationToken)
            .ConfigureAwait(false);
    }

    private async Task<object?> ChangeAsync(LogChange change, CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        try
        {
            object? result = await _appender.AppendAsync(change).ConfigureAwait(false);
            return result is Exception refusal ? throw refusal : result;
        }
        catch (NoAnswerException lost)
        {
            throw lost.Reason;
        }
    }
}
