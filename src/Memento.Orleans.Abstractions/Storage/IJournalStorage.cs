using Orleans.Storage;

namespace Memento.Storage;

/// <summary>
/// The durable storage behind a silo's journal: SQLite, PostgreSQL, or the log in a grain storage.
/// One instance serves one silo. Every member may be called from any thread;
/// <see cref="WriteAsync"/> is called by one caller at a time, in the order of positions.
/// </summary>
/// <remarks>
/// What must hold: when <see cref="WriteAsync"/> returns, the whole batch survives a crash. When it
/// throws, no part of the batch does. Only a <see cref="BatchInDoubtException"/> leaves open which
/// is true, until <see cref="SettleAsync"/> has said it. Every other change is also kept as a whole
/// or not at all, and a caller can repeat it after a failure. A call whose token is cancelled
/// before it begins does nothing. <c>StorageCompliance</c>, in the tests of the store, has a test
/// for each promise of this interface.
/// </remarks>
public interface IJournalStorage : IAsyncDisposable
{
    /// <summary>The name of the note with the catalog of tables.</summary>
    const string CatalogNote = "catalog";

    /// <summary>What the storage is, for people: <c>SQLite /data/movies.db</c>.</summary>
    string Description { get; }

    /// <summary>The grain storage of Orleans that keeps the catalog and the sequences.</summary>
    CatalogStorage Catalog { get; }

    /// <summary>
    /// Whether it can be opened only in a silo that is active, because it uses grains or services
    /// that start with the silo. Otherwise it is opened before the silo joins its cluster.
    /// </summary>
    bool OpensInActiveSilo => false;

    /// <summary>
    /// The leases of the silos that share the storage. Null in a storage that only one silo can
    /// have open.
    /// </summary>
    ILeaseStorage? Leases => null;

    /// <summary>
    /// Opens the storage, and makes its schema if it is missing. If the catalog is kept apart from
    /// the rows, it checks by an identity that both belong together.
    /// </summary>
    /// <exception cref="StorageException">
    /// The storage is locked by another silo, read-only or broken, or the catalog belongs to other
    /// rows.
    /// </exception>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Asks the storage for a sign of life, for health checks. It reads something small, changes
    /// nothing, and does not wait for a batch that is being written. By default it reads the
    /// catalog's note. A storage whose <see cref="ReadNoteAsync"/> does not reach its database must
    /// have a check of its own.
    /// </summary>
    /// <exception cref="StorageException">The storage does not answer.</exception>
    Task CheckAsync(CancellationToken cancellationToken)
        => ReadNoteAsync(CatalogNote, cancellationToken);

    /// <summary>
    /// Reads a note, without which the rows cannot be read right: the catalog of tables, or the
    /// numbers that were given. The database of the rows has the notes, so that it never depends on
    /// another database. Null where there is no note of this name, and in a storage that keeps no
    /// notes.
    /// </summary>
    /// <exception cref="StorageException">The storage refused.</exception>
    Task<byte[]?> ReadNoteAsync(string name, CancellationToken cancellationToken)
        => Task.FromResult<byte[]?>(null);

    /// <summary>
    /// Writes a note, JSON in UTF-8, over the note of the same name. The note is durable when the
    /// call ends.
    /// </summary>
    /// <exception cref="StorageException">The storage refused.</exception>
    Task WriteNoteAsync(string name, byte[] note, CancellationToken cancellationToken)
        => Task.CompletedTask;

    /// <summary>Makes a table. Does nothing if the table exists.</summary>
    /// <exception cref="StorageException">The storage refused.</exception>
    Task CreateTableAsync(string table, CancellationToken cancellationToken);

    /// <summary>
    /// Removes a table with its records, in one step, however many there are. Does nothing if the
    /// table is absent. The owners of its partitions are fenced off for good, also when a table of
    /// the same name is made again.
    /// </summary>
    /// <exception cref="StorageException">The storage refused.</exception>
    Task DropTableAsync(string table, CancellationToken cancellationToken);

    /// <summary>
    /// Raises the owner number of a partition, durably, and returns the new number (1 or more).
    /// From then on, batches that rely on an earlier number are refused.
    /// </summary>
    /// <exception cref="StorageException">The storage refused.</exception>
    Task<long> RaiseEpochAsync(string table, int partition, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the rows of a partition, in the order of their keys, as they are at one moment: every
    /// batch that was written before the call, and of each batch all rows or none. Batches go on
    /// beside it, also those that empty the table.
    /// </summary>
    /// <exception cref="StorageException">
    /// The storage refused, or there is no such table.
    /// </exception>
    IAsyncEnumerable<StoredRow> LoadAsync(
        string table, int partition, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a batch as one database transaction. The entries are applied in their order: of each
    /// entry first the tables that it empties, then its rows in their order.
    /// </summary>
    /// <exception cref="StorageException">Nothing of the batch was kept.</exception>
    /// <exception cref="FencedException">
    /// Nothing of the batch was kept: a partition in it has a newer owner.
    /// </exception>
    /// <exception cref="OutcomeDecidedException">
    /// Nothing of the batch was kept: the outcome of an entry with
    /// <see cref="JournalEntry.KeepsOutcome"/> is decided already.
    /// </exception>
    /// <exception cref="EntryRefusedException">
    /// Nothing of the batch was kept: one entry of it can never be stored. A document is too large,
    /// say, or there is no table for a row.
    /// </exception>
    /// <exception cref="BatchInDoubtException">
    /// The storage failed in the commit, and cannot say whether the batch was kept. The next call
    /// is <see cref="SettleAsync"/>; any other call settles the batch first, or refuses.
    /// </exception>
    ValueTask WriteAsync(JournalBatch batch, CancellationToken cancellationToken);

    /// <summary>
    /// Whether <see cref="SettleAsync"/> can recognise any batch. If it cannot, the journal lets
    /// one entry of every batch keep its outcome (<see cref="JournalEntry.KeepsOutcome"/>). That
    /// outcome stands for the batch, because a batch is one database transaction.
    /// </summary>
    bool SettlesBatches => false;

    /// <summary>
    /// Settles a batch in doubt. True: the whole batch is durable. False: no part of the batch is
    /// durable, or ever will be, whatever is still under way. Another call gives the same answer.
    /// </summary>
    /// <param name="batch">
    /// The last batch that was written, whatever <see cref="WriteAsync"/> has said of it.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StorageException">
    /// The storage cannot say it now. The journal asks again.
    /// </exception>
    async ValueTask<bool> SettleAsync(JournalBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        JournalEntry known = batch.Entries.First(static entry => entry.KeepsOutcome);
        return await DecideAsync(known.TransactionId, cancellationToken).ConfigureAwait(false)
            == TransactionOutcome.Committed;
    }

    /// <summary>
    /// Decides a transaction whose outcome is not known. Records "aborted" unless there is an
    /// outcome already, and returns the outcome that counts.
    /// </summary>
    /// <exception cref="StorageException">The storage refused; nothing is decided.</exception>
    Task<TransactionOutcome> DecideAsync(Guid transactionId, CancellationToken cancellationToken);
}

/// <summary>A stored record: its key bytes and its JSON document in UTF-8.</summary>
/// <param name="Key">The order-preserving key bytes.</param>
/// <param name="Document">The JSON document, UTF-8.</param>
public readonly record struct StoredRow(byte[] Key, byte[] Document);

/// <summary>The grain storage of Orleans that keeps the catalog and the sequences.</summary>
/// <param name="Description">
/// The name of the storage, for people: <c>/data/movies.catalog.db</c>. Its errors have this name.
/// </param>
/// <param name="Create">
/// Makes the storage, as the factories of Orleans' providers do, from the services of the silo and
/// the name under which the store looks it up. Called once, before the silo starts. The services
/// have an <see cref="IGrainStorageSerializer"/> of that name, which makes JSON; give it to a
/// provider that takes a serializer. If the storage is an
/// <c>ILifecycleParticipant&lt;ISiloLifecycle&gt;</c>, the store starts it with the silo. A storage
/// that is registered in the silo is not started twice.
/// </param>
public sealed record CatalogStorage(
    string Description, Func<IServiceProvider, string, IGrainStorage> Create);
