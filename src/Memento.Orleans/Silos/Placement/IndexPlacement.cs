namespace Memento.Silos.Placement;

/// <summary>Places index grains evenly: by their table and number over the silos in order.</summary>
[GenerateSerializer]
[Immutable]
[SuppressReferenceTracking]
[Alias("Memento.IndexPlacement")]
internal sealed class IndexPlacement : PlacementStrategy;
