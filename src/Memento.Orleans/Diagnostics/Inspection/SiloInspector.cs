using Memento.Catalog;
using Memento.Journaling;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Silos.Leases;
using Memento.Tables;

namespace Memento.Diagnostics.Inspection;

/// <summary>Describes this silo, for a description of the whole store.</summary>
internal sealed class SiloInspector(
    IMementoDiagnostics running,
    PartitionDirectory partitions,
    TableRegistry tables,
    CatalogCopy catalog,
    DurableStorage storage,
    Journal journal,
    LeaseKeeper leases,
    StoreMetrics metrics,
    IEnumerable<IUndecided> undecided,
    ILocalSiloDetails silo,
    TimeProvider time)
{
    /// <summary>
    /// How many transactions and how many locks are told of, so that the answer fits into a
    /// message.
    /// </summary>
    public const int MostTold = 1_000;

    private readonly DateTimeOffset _started = time.GetUtcNow();

    public SiloReport Describe()
    {
        StoreDescription now = running.Describe();
        PartitionInfo[] all =
        [
            .. partitions.All
                .Select(each => each.Describe(silo.SiloAddress))
                .OrderBy(static each => each.Table, StringComparer.Ordinal)
                .ThenBy(static each => each.Number),
        ];
        TransactionTally tally = metrics.Counts.Tally;
        return new SiloReport(
            new SiloInfo
            {
                Address = silo.SiloAddress.ToString(),
                Name = silo.Name,
                Started = _started,
                Partitions = all,
                Transactions = now.Transactions.Count,
                Locks = now.Locks.Count,
                Commits = tally.Commits,
                AbortsByReason = tally.AbortsByReason,
                Restarts = tally.Restarts,
                Storage = storage.Journal?.Description,
                Journal = storage.Journal is null ? null : journal.Describe(),
                Lease = leases.Describe(),
            },
            [.. tables.Tables.Select(table => Describe(table, all)).OfType<TableInfo>()],
            now with
            {
                Transactions = [.. now.Transactions.Take(MostTold)],
                Locks =
                [
                    .. now.Locks.OrderBy(static each => each.Waiters.Count == 0).Take(MostTold),
                ],
            },
            [
                .. undecided.SelectMany(each => each.Describe())
                    .OrderBy(static each => each.Since).Take(MostTold),
            ]);
    }

    /// <summary>A table with its partitions in this silo; null if it does not exist.</summary>
    private TableInfo? Describe(TableDefinition table, PartitionInfo[] all)
        => catalog.Find(table.Name) is { } known
            ? SystemPicture.WithPartitions(
                new TableInfo
                {
                    Name = table.Name,
                    Type = table.Type,
                    Storage = table.Storage,
                    Attributes = [.. table.Properties.Select(static property => property.Name)],
                    Indexes = [.. known.Indexes.Select(static index => index.Info)],
                    Size = 0,
                    Memory = 0,
                    Partitions = [],
                },
                all.Where(each => each.Table == table.Name))
            : null;
}
