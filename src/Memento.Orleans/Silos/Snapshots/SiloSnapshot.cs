using System.Collections.Concurrent;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Snapshots;
using Memento.Tables;

namespace Memento.Silos.Snapshots;

/// <summary>A snapshot that a body of this silo reads, or a client through it.</summary>
/// <param name="snapshots">Reads it.</param>
/// <param name="cut">What it shows.</param>
/// <param name="catalog">The tables that there were just before the cut.</param>
/// <param name="maxAge">How long it is read at the most.</param>
internal sealed class SiloSnapshot(
    SiloSnapshots snapshots, TakenCut cut, CatalogImage? catalog, TimeSpan maxAge) : IOpenSnapshot
{
    // The silos of partitions that are elsewhere.
    private readonly ConcurrentDictionary<(string Table, int Number), SiloAddress> _found = new();

    private bool _hasEnded;

    public TakenCut Cut { get; } = cut;

    public CatalogImage? Catalog { get; } = catalog;

    public long Stamp => Cut.Part.Stamp;

    public bool SharesMemory => true;

    public ValueTask<TResult> ReadAsync<TResult>(
        TableDefinition table,
        int number,
        Operation<TResult> operation,
        CancellationToken cancellationToken)
    {
        // The cut may be that of others too, which allow a longer time.
        if (snapshots.AgeOf(Cut.Part) >= maxAge)
            throw new SnapshotEndedException(SnapshotEnds.Age(maxAge));

        return snapshots.ReadAsync(this, table, number, operation, cancellationToken);
    }

    public void End()
    {
        if (!Interlocked.Exchange(ref _hasEnded, true)) snapshots.Leave(Cut);
    }

    /// <summary>The silo whose partition it shows.</summary>
    public async ValueTask<SiloAddress> FindAsync(
        TableDefinition table, int number, CancellationToken cancellationToken)
    {
        if (_found.TryGetValue((table.Name, number), out SiloAddress? known)) return known;

        SiloAddress found = await snapshots.FindAsync(Cut, table, number, cancellationToken)
            .ConfigureAwait(false);
        return _found.GetOrAdd((table.Name, number), found);
    }
}
