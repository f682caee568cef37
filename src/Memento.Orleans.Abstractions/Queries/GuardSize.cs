using System.Collections.Immutable;

namespace Memento.Queries;

/// <summary>
/// The size of a node and all nodes below it. It is checked when a node is made, so that code can
/// walk every guard safely, also by recursion.
/// </summary>
internal readonly record struct GuardSize(int Depth, long Nodes, long ListItems)
{
    public static GuardSize Leaf { get; } = new(1, 1, 0);

    /// <summary>The size of a value, which is a part of its comparison.</summary>
    public static GuardSize Nothing => default;

    public static GuardSize Above(Operand operand) => Above(operand.Size);

    public static GuardSize Above(Operand left, Operand right) => Above(left.Size, right.Size);

    public static GuardSize Above(Operand operand, GuardNode item)
        => Above(operand.Size, item.Size);

    public static GuardSize Above(GuardNode child) => Above(child.Size);

    public static GuardSize Above(ImmutableArray<GuardNode> children)
    {
        int depth = 0;
        long nodes = 1;
        long listItems = 0;
        foreach (GuardNode child in children)
        {
            depth = Math.Max(depth, child.Size.Depth);
            nodes += child.Size.Nodes;
            listItems += child.Size.ListItems;
        }

        return new GuardSize(depth + 1, nodes, listItems);
    }

    public static void RequireDepth(int depth)
    {
        if (depth > Guard.MaxDepth)
        {
            throw new ArgumentException(
                $"A guard may be nested {Guard.MaxDepth} levels deep and no deeper. Join more "
                + "guards on one level: And and Or take any number of them.");
        }
    }

    public static void RequireNodes(long nodes)
    {
        if (nodes > Guard.MaxNodes)
        {
            throw new ArgumentException(
                $"A guard may have {Guard.MaxNodes} comparisons and connectives and no more. For "
                + "many values of one property use In, or ask several times.");
        }
    }

    public static void RequireListItems(long listItems)
    {
        if (listItems > Guard.MaxListItems)
        {
            throw new ArgumentException(
                $"The lists of a guard may have {Guard.MaxListItems} values together and no more. "
                + "Ask several times, with a part of the values each.");
        }
    }

    public void Require()
    {
        RequireDepth(Depth);
        RequireNodes(Nodes);
        RequireListItems(ListItems);
    }

    private static GuardSize Above(GuardSize below)
        => below with { Depth = below.Depth + 1, Nodes = below.Nodes + 1 };

    private static GuardSize Above(GuardSize left, GuardSize right) => new(
        Math.Max(left.Depth, right.Depth) + 1,
        left.Nodes + right.Nodes + 1,
        left.ListItems + right.ListItems);
}
