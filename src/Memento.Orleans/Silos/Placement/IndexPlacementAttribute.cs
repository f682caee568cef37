using Orleans.Placement;

namespace Memento.Silos.Placement;

/// <summary>Marks a grain as placed by <see cref="IndexPlacement"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class IndexPlacementAttribute() : PlacementAttribute(new IndexPlacement());
