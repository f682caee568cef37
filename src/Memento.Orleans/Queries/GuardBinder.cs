using Memento.Tables;
using Memento.Tables.Keys;

namespace Memento.Queries;

/// <summary>
/// Finds what a guard names, and the type in which it compares; refuses confusions.
/// </summary>
internal sealed class GuardBinder(TableDefinition table)
{
    public RecordProperty Property(Operand operand)
    {
        string name = ((PropertyOperand)operand).Name;
        return table.FindProperty(name) ?? throw new ArgumentException(
            $"Table '{table.Name}' has no property '{name}'; it has "
            + $"{string.Join(", ", table.Properties.Select(property => property.Name))}.");
    }

    /// <param name="property">The property.</param>
    /// <param name="comparison">The operator.</param>
    /// <param name="constant">Not null; an enum's is replaced by its integer.</param>
    public Domain Domain(RecordProperty property, GuardOperator comparison, ref object constant)
    {
        Type propertyType = property.ValueType;
        if (constant is EnumConstant named)
        {
            if (named.TypeName != propertyType.FullName)
                throw Confusion(property, $"a value of '{named.TypeName}'");

            constant = named.Number;
        }

        Type type = constant.GetType();
        Domain domain = Domains.OfConstant(property.WithoutEnum.ValueType, type)
            ?? throw Confusion(property, $"a value of '{TypeName.Of(type)}'");
        RequireOrder(domain, comparison, property);
        return domain;
    }

    public Domain Domain(RecordProperty left, GuardOperator comparison, RecordProperty right)
    {
        Type leftType = left.WithoutEnum.ValueType;
        Type rightType = right.WithoutEnum.ValueType;
        Domain domain = Domains.Common(leftType, rightType)
            ?? throw Confusion(left, $"'{right.Name}' of '{TypeName.Of(right.Type)}'");
        RequireOrder(domain, comparison, left);
        return domain;
    }

    public void RequireText(RecordProperty property)
    {
        if (property.ValueType != typeof(string))
            throw Confusion(property, "a prefix");
    }

    private void RequireOrder(Domain domain, GuardOperator comparison, RecordProperty property)
    {
        if (!domain.HasOrder && !comparison.IsEquality())
        {
            throw new ArgumentException(
                $"Table '{table.Name}', property '{property.Name}': a "
                + $"'{TypeName.Of(property.Type)}' has no order. Compare it by equality.");
        }
    }

    private ArgumentException Confusion(RecordProperty property, string other)
    {
        string instead = Domains.Of(property.ValueType) is null
            ? "Values of that type can only be compared with null."
            : "Give a value of the property's type.";
        return new ArgumentException(
            $"Table '{table.Name}': property '{property.Name}' of "
            + $"'{TypeName.Of(property.Type)}' cannot be compared with {other}. {instead}");
    }
}
