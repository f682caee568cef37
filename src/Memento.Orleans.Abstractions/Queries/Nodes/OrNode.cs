using System.Collections.Immutable;

namespace Memento.Queries;

/// <summary>True where any child is.</summary>
internal sealed class OrNode(ImmutableArray<GuardNode> children) : JunctionNode(children, "||");
