using Memento.Messages;
using Memento.Tables;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Memento.Silos.Placement;

/// <summary>Carries out <see cref="IndexPlacement"/>.</summary>
internal sealed class IndexPlacementDirector(TableRegistry tables) : IPlacementDirector
{
    private readonly (string Name, int Partitions)[] _tables =
        [.. tables.Tables.Select(static table => (table.Name, table.PartitionCount))];

    private Plan? _plan;

    public Task<SiloAddress> OnAddActivation(
        PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        SiloAddress[] silos = context.GetCompatibleSilos(target);
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) is { } hint)
            return Task.FromResult(hint);

        Array.Sort(silos);
        Plan? plan = _plan;
        if (plan is null || !plan.Silos.AsSpan().SequenceEqual(silos))
            _plan = plan = new Plan(silos, Ownership.Assign(_tables, silos));

        // A table that is not registered here is in any silo, which reports that.
        (string, int) partition = IndexGrainKey.Parse(target.GrainIdentity.Key.ToString()!);
        return Task.FromResult(plan.Owners.GetValueOrDefault(partition) ?? silos[0]);
    }

    private sealed record Plan(
        SiloAddress[] Silos, Dictionary<(string Table, int Number), SiloAddress> Owners);
}

/// <summary>Spreads index grains over the silos, as <see cref="Ownership"/> says.</summary>
[GenerateSerializer]
[Immutable]
[SuppressReferenceTracking]
[Alias("Memento.IndexPlacement")]
internal sealed class IndexPlacement : PlacementStrategy;

/// <summary>Marks a grain as placed by <see cref="IndexPlacement"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class IndexPlacementAttribute() : PlacementAttribute(new IndexPlacement());
