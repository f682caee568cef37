using System.Text;
using Memento.Keys;
using Memento.Messages;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Memento.Silos.Placement;

/// <summary>Carries out <see cref="IndexPlacement"/>.</summary>
internal sealed class IndexPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(
        PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        SiloAddress[] silos = context.GetCompatibleSilos(target);
        Array.Sort(silos);
        (string table, int number) = IndexGrainKey.Parse(target.GrainIdentity.Key.ToString()!);
        uint place = new Key(Encoding.UTF8.GetBytes(table)).Hash + (uint)number;
        return Task.FromResult(silos[place % (uint)silos.Length]);
    }
}

/// <summary>Spreads index grains evenly over the silos, by their table and number.</summary>
[GenerateSerializer]
[Immutable]
[SuppressReferenceTracking]
[Alias("Memento.IndexPlacement")]
internal sealed class IndexPlacement : PlacementStrategy;

/// <summary>Marks a grain as placed by <see cref="IndexPlacement"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class IndexPlacementAttribute() : PlacementAttribute(new IndexPlacement());
