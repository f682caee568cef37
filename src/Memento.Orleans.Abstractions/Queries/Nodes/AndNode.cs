using System.Collections.Immutable;

namespace Memento.Queries;

/// <summary>True where all children are.</summary>
internal sealed class AndNode(ImmutableArray<GuardNode> children) : JunctionNode(children, "&&");
