using Orleans.Placement;

namespace Memento.Silos.Placement;

/// <summary>Marks a grain as placed by <see cref="RecordPlacement"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class RecordPlacementAttribute() : PlacementAttribute(new RecordPlacement());
