using System.Diagnostics;
using System.Reflection;
using Memento.Keys;
using Memento.Tables.Documents;

namespace Memento.Queries.Evaluation;

/// <summary>Binds an operand of a guard to a reader of its value.</summary>
internal abstract class OperandBinder<TRecord>(GuardBinder binder)
{
    public GuardBinder Binder { get; } = binder;

    /// <summary>It is recursive. That is safe, because the depth is limited.</summary>
    /// <exception cref="ArgumentException">
    /// The property does not exist, or has a type that the operand does not take.
    /// </exception>
    public BoundValue<TRecord> Bind(Operand operand) => operand switch
    {
        PropertyOperand property => BindPath(property.Name),
        ItemOperand item => BindItem(item),
        FunctionOperand function => FunctionBinder.Bind(this, function),
        ArithmeticOperand arithmetic => ArithmeticBinder.Bind(this, arithmetic),
        CountOperand count => CollectionBinder.Count(this, count),
        _ => throw new UnreachableException($"'{operand.GetType()}' has no value."),
    };

    protected abstract BoundValue<TRecord> BindItem(ItemOperand item);

    /// <summary>Binds the first name of a path.</summary>
    protected abstract BoundValue<TRecord> BindFirst(string name, string path);

    /// <summary>
    /// A guard can name only stored properties, so no other code of a record runs.
    /// </summary>
    protected BoundValue<TRecord> BindMember(BoundValue<TRecord> owner, string name, string path)
    {
        Type type = owner.Shape.ValueType;
        PropertyInfo? info = StoredProperties.Find(type, name);
        return info is not null
            ? MemberBinder.Bind(owner, info, ValueShape.OfProperty(path, info.PropertyType))
            : throw new ArgumentException(
                $"{Binder.Table}: '{TypeName.Of(type)}' has no stored property '{name}', which "
                + $"'{path}' names.");
    }

    private BoundValue<TRecord> BindPath(string path)
    {
        List<GuardPathStep> steps = GuardPath.Parse(path);

        // Each name is read inside the next one, so an endless path would overflow the stack.
        if (steps.Count > Guard.MaxDepth)
        {
            throw new ArgumentException(
                $"{Binder.Table}: a path may have {Guard.MaxDepth} names and no more, and one has "
                + $"{steps.Count}.");
        }

        BoundValue<TRecord> value = steps[0].Text == Guard.Item
            ? BindItem(ItemOperand.Instance)
            : BindFirst(steps[0].Text, path);
        foreach (GuardPathStep step in steps.Skip(1))
        {
            value = step.IsKey
                ? DictionaryBinder.Entry(Binder, value, step.Text, path)
                : BindMember(value, step.Text, path);
        }

        return value;
    }
}
