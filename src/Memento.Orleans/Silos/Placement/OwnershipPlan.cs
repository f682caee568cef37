using Memento.Tables;

namespace Memento.Silos.Placement;

/// <summary>
/// Which silo should have which partition of the tables of this silo, by <see cref="Ownership"/>.
/// </summary>
internal class OwnershipPlan(TableRegistry tables)
{
    private readonly (string Name, int Partitions)[] _tables =
        [.. tables.Tables.Select(static table => (table.Name, table.PartitionCount))];

    private Plan? _plan;

    /// <summary>
    /// The silo of a partition; null if its table is not registered here.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="number">The partition's number.</param>
    /// <param name="silos">The silos that serve, sorted; at least one.</param>
    public virtual SiloAddress? OwnerOf(string table, int number, SiloAddress[] silos)
    {
        Plan? plan = _plan;
        if (plan is null || !plan.Silos.AsSpan().SequenceEqual(silos))
            _plan = plan = new Plan(silos, Ownership.Assign(_tables, silos));
        return plan.Owners.GetValueOrDefault((table, number));
    }

    private sealed record Plan(
        SiloAddress[] Silos, Dictionary<(string Table, int Number), SiloAddress> Owners);
}
