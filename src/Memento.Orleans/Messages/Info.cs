using Memento.Diagnostics;

namespace Memento.Messages;

/// <summary>Describes the whole store. The silo that has the call asks all the others.</summary>
[Alias("Memento.IInfoGrain")]
internal interface IInfoGrain : IGrainWithIntegerKey
{
    [Alias("DescribeAsync")]
    Task<SystemInfo> DescribeAsync();

    /// <summary>
    /// Decides by hand a transaction that waits for a grain, in all silos. Tells in how many.
    /// </summary>
    [Alias("DecideAsync")]
    Task<int> DecideAsync(Guid transactionId, TransactionDecision decision);

    /// <summary>Tells what a client has counted since it told last.</summary>
    [Alias("ReportAsync")]
    Task ReportAsync(TransactionTally tally);
}

/// <summary>What a silo knows of itself.</summary>
/// <param name="Silo">The silo.</param>
/// <param name="Tables">The tables that it uses, with its partitions of them.</param>
/// <param name="Running">Its transactions and locks.</param>
/// <param name="Undecided">Its transactions that wait for grains.</param>
[GenerateSerializer]
[Immutable]
[Alias("Memento.SiloReport")]
internal sealed record SiloReport(
    [property: Id(0)] SiloInfo Silo,
    [property: Id(1)] IReadOnlyList<TableInfo> Tables,
    [property: Id(2)] StoreDescription Running,
    [property: Id(3)] IReadOnlyList<UndecidedTransaction> Undecided);
