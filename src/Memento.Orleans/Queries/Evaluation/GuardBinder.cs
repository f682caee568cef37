using Memento.Keys;
using Memento.Tables;

namespace Memento.Queries.Evaluation;

/// <summary>
/// Finds the properties that a guard names, and the types in which it compares; refuses comparisons
/// of types that do not match.
/// </summary>
internal sealed class GuardBinder(TableDefinition table)
{
    /// <summary>The name of the table in messages.</summary>
    public string Table => $"Table '{table.Name}'";

    public RecordProperty Property(string name)
        => table.FindProperty(name) ?? throw new ArgumentException(
            $"Table '{table.Name}' has no property '{name}'; it has "
            + $"{string.Join(", ", table.Properties.Select(property => property.Name))}.");

    /// <param name="value">The value to compare.</param>
    /// <param name="comparison">The operator.</param>
    /// <param name="constant">
    /// The constant, which is not null. The value of an enum is replaced by its integer.
    /// </param>
    public Domain Domain(in ValueShape value, GuardOperator comparison, ref object constant)
    {
        if (constant is EnumConstant named)
        {
            if (named.TypeName != value.ValueType.FullName)
                throw Confusion(value, $"a value of '{named.TypeName}'");

            constant = named.Number;
        }

        Type type = constant.GetType();
        Domain domain = Domains.OfConstant(value.ComparedType, type)
            ?? throw Confusion(value, $"a value of '{TypeName.Of(type)}'");
        RequireOrder(domain, comparison, value);
        return domain;
    }

    public Domain Domain(in ValueShape left, GuardOperator comparison, in ValueShape right)
    {
        Domain domain = Domains.Common(left.ComparedType, right.ComparedType)
            ?? throw Confusion(left, $"{right.Subject} of '{TypeName.Of(right.DeclaredType)}'");
        RequireOrder(domain, comparison, left);
        return domain;
    }

    public ArgumentException Confusion(in ValueShape value, string other)
    {
        string instead = Domains.Of(value.ValueType) is null
            ? "Values of that type can only be compared with null."
            : "Give a value of the property's type.";
        return new ArgumentException(
            $"{Table}: {value.Subject} of '{TypeName.Of(value.DeclaredType)}' cannot be compared "
            + $"with {other}. {instead}");
    }

    public ArgumentException NoCollection(in ValueShape value)
        => new(
            $"{Table}: {value.Subject} of '{TypeName.Of(value.DeclaredType)}' is no collection.");

    private void RequireOrder(Domain domain, GuardOperator comparison, in ValueShape value)
    {
        if (!domain.HasOrder && !comparison.IsEquality())
        {
            throw new ArgumentException(
                $"{Table}, {value.Subject}: a '{TypeName.Of(value.DeclaredType)}' has no order. "
                + "Compare it by equality.");
        }
    }
}
