using System.Diagnostics.Metrics;
using Memento.Journaling;
using Memento.Participants;
using Memento.Partitions;

namespace Memento.Diagnostics.Inspection;

/// <summary>
/// The instruments whose values are looked up when a listener asks: the numbers of transactions,
/// partitions, records and commits.
/// </summary>
/// <param name="metrics">Has the meter.</param>
/// <param name="transactions">The running transactions.</param>
/// <param name="partitions">The partitions of this silo; null in a client.</param>
/// <param name="journal">The silo's journal; null in a client.</param>
/// <param name="snapshots">The snapshots of this silo; null in a client.</param>
internal sealed class StoreGauges(
    StoreMetrics metrics,
    TransactionRegistry transactions,
    PartitionDirectory? partitions = null,
    Journal? journal = null,
    IAgingSnapshots? snapshots = null)
{
    /// <summary>Makes the instruments; called once, when the store starts.</summary>
    public void Register()
    {
        Meter meter = metrics.Meter;
        meter.CreateObservableUpDownCounter(
            "memento.transaction.running",
            () => transactions.RunningCount,
            "{transaction}",
            "Transactions that run here, or that have reached this silo");
        if (snapshots is not null)
        {
            meter.CreateObservableUpDownCounter(
                "memento.snapshots",
                () => snapshots.Count,
                "{snapshot}",
                "Snapshots that have a part in the silo");
            meter.CreateObservableUpDownCounter(
                "memento.snapshots.size",
                () => snapshots.KeptBytes,
                "By",
                "What is in memory only because of snapshots, estimated");
        }

        if (partitions is null || journal is null) return;

        meter.CreateObservableUpDownCounter(
            "memento.journal.queue",
            () => journal.QueueLength,
            "{commit}",
            "Commits that wait for the next batch");
        meter.CreateObservableUpDownCounter(
            "memento.partitions",
            () => OfTables(static _ => 1),
            "{partition}",
            "Partitions in the memory of the silo");
        meter.CreateObservableUpDownCounter(
            "memento.records",
            () => OfTables(static each => each.Measure().Count),
            "{record}",
            "Committed records in the memory of the silo");
        meter.CreateObservableUpDownCounter(
            "memento.records.size",
            () => OfTables(static each => each.Measure().EstimatedSize),
            "By",
            "What these records take, estimated");
        meter.CreateObservableUpDownCounter(
            "memento.records.unreadable",
            () => OfTables(static each => each.Measure().Unreadable),
            "{record}",
            "Records that were set aside because their type cannot read them");
    }

    /// <summary>Adds up over the partitions of each table.</summary>
    private IEnumerable<Measurement<long>> OfTables(Func<Partition, long> measure)
        => partitions!.All
            .GroupBy(static each => each.Table.Name)
            .Select(table => new Measurement<long>(
                table.Sum(measure), new KeyValuePair<string, object?>("memento.table", table.Key)));
}
