using Memento.Messages;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Memento.Silos.Placement;

/// <summary>Carries out <see cref="IndexPlacement"/>.</summary>
internal sealed class IndexPlacementDirector(OwnershipPlan plan) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(
        PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        SiloAddress[] silos = context.GetCompatibleSilos(target);
        Array.Sort(silos);
        (string table, int number) =
            IndexGrainKey.Parse(target.GrainIdentity.Key.ToString()!);

        // A table that is not registered here is in any silo, which reports that.
        return Task.FromResult(plan.OwnerOf(table, number, silos) ?? silos[0]);
    }
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
