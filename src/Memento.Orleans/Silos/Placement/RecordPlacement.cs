namespace Memento.Silos.Placement;

/// <summary>Places a record grain beside its partition.</summary>
[GenerateSerializer]
[Immutable]
[SuppressReferenceTracking]
[Alias("Memento.RecordPlacement")]
internal sealed class RecordPlacement : PlacementStrategy;
