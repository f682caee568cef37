using System.Linq.Expressions;
using System.Reflection;
using Memento.Tables.Documents;

namespace Memento.Queries;

/// <summary>
/// Finds a property of the record, of an object in it (<c>m.Address.City</c>), or the record
/// itself where that is an item of a collection and no object.
/// </summary>
internal sealed class PathReader(ParameterExpression record)
{
    /// <returns>The operand, or null where the expression is something else.</returns>
    public Operand? TryRead(Expression expression)
    {
        if (expression == record && IsScalar(record.Type))
            return ItemOperand.Instance;

        var names = new Stack<string>();
        Expression inner = expression;
        while (inner is MemberExpression { Member: PropertyInfo property, Expression: { } owner })
        {
            owner = WithoutUpcast(owner);
            if (owner == record ? !IsObject(record.Type) : !IsStored(owner.Type, property))
                return null;

            names.Push(property.Name);
            inner = owner;
        }

        return inner == record && names.Count > 0
            ? new PropertyOperand(string.Join('.', names))
            : null;
    }

    /// <summary>The Value of a nullable is no step: what is in null is null.</summary>
    private static Expression WithoutUpcast(Expression owner)
    {
        while (true)
        {
            if (owner is UnaryExpression { NodeType: ExpressionType.Convert } upcast
                && upcast.Type.IsAssignableFrom(upcast.Operand.Type))
                owner = upcast.Operand;
            else if (RecordValueReader.IsNullableMember(owner, "Value"))
                owner = ((MemberExpression)owner).Expression!;
            else
                return owner;
        }
    }

    private static bool IsStored(Type owner, PropertyInfo property)
        => IsObject(owner)
            && StoredProperties.Find(RecordValueReader.WithoutNullable(owner), property.Name)
                is not null;

    private static bool IsObject(Type type)
        => !IsScalar(type) && CollectionType.ItemOf(type) is null;

    private static bool IsScalar(Type type)
        => Domains.Of(RecordValueReader.WithoutNullable(type)) is not null;
}
