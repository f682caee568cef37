using System.Diagnostics;
using Memento.Tables;

namespace Memento.Queries;

/// <summary>Checks a guard against a table where it is not evaluated: before it is sent.</summary>
internal static class GuardValidator
{
    /// <exception cref="ArgumentException">
    /// The guard names an unknown property, or compares what cannot be compared.
    /// </exception>
    public static void Validate(TableDefinition table, Guard guard)
        => Validate(new GuardBinder(table), guard.Root);

    private static void Validate(GuardBinder binder, GuardNode node)
    {
        switch (node)
        {
            case TruthNode:
                break;
            case NotNode not:
                Validate(binder, not.Child);
                break;
            case JunctionNode junction:
                foreach (GuardNode child in junction.Children)
                    Validate(binder, child);

                break;
            case CompareNode { Right: ConstantOperand right } compare:
                Validate(binder, binder.Property(compare.Left), compare.Operator, right.Value);
                break;
            case CompareNode compare:
                binder.Domain(
                    binder.Property(compare.Left),
                    compare.Operator,
                    binder.Property(compare.Right));
                break;
            case InNode list:
                RecordProperty property = binder.Property(list.Operand);
                foreach (object? value in list.Values)
                    Validate(binder, property, GuardOperator.Equal, value);

                break;
            case StartsWithNode prefix:
                binder.RequireText(binder.Property(prefix.Operand));
                break;
            default:
                throw new UnreachableException($"'{node.GetType()}' has no rule.");
        }
    }

    private static void Validate(
        GuardBinder binder, RecordProperty property, GuardOperator comparison, object? constant)
    {
        if (constant is not null)
            binder.Domain(property, comparison, ref constant);
    }
}
