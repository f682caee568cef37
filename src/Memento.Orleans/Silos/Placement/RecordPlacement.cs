using Memento.Keys;
using Memento.Messages;
using Memento.Tables;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Memento.Silos.Placement;

/// <summary>Carries out <see cref="RecordPlacement"/>: asks the partition where it is.</summary>
internal sealed class RecordPlacementDirector(
    IGrainFactory grains, TableRegistry tables, TimeProvider time)
    : IPlacementDirector
{
    public async Task<SiloAddress> OnAddActivation(
        PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        SiloAddress[] silos = context.GetCompatibleSilos(target);
        (string name, Key key) = RecordGrainKey.Parse(target.GrainIdentity.Key.ToString()!);
        if (tables.TryGet(name, out TableDefinition? table))
        {
            OpenResponse opened = await grains
                .GetGrain<IIndexGrain>(IndexGrainKey.Of(name, table.PartitionOf(key)))
                .OpenAsync(time, CancellationToken.None);
            if (opened.Silo is { } silo && silos.Contains(silo)) return silo;
        }

        // The table is gone. The record grain reports that itself, in any silo.
        return silos[key.Hash % (uint)silos.Length];
    }
}

/// <summary>Places a record grain beside its partition.</summary>
[GenerateSerializer]
[Immutable]
[SuppressReferenceTracking]
[Alias("Memento.RecordPlacement")]
internal sealed class RecordPlacement : PlacementStrategy;

/// <summary>Marks a grain as placed by <see cref="RecordPlacement"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class RecordPlacementAttribute() : PlacementAttribute(new RecordPlacement());
