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

/// <summary>
/// Places index grains evenly: by their table and number over the silos in order.
/// </summary>
[GenerateSerializer]
[Immutable]
[SuppressReferenceTracking]
[Alias("Memento.IndexPlacement")]
internal sealed class IndexPlacement : PlacementStrategy;

/// <summary>Marks a grain as placed by <see cref="IndexPlacement"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class IndexPlacementAttribute() : PlacementAttribute(new IndexPlacement());
