using System.Reflection;
using System.Runtime.CompilerServices;
using Memento.Tables;

namespace Memento.Queries.Evaluation;

/// <summary>
/// Compiles a guard for code that has a table, but not its record type as a type parameter.
/// </summary>
internal sealed class RecordFilter(Guard guard) : ITableVisitor<Func<object, bool>>
{
    /// <exception cref="ArgumentException">The guard does not fit the table.</exception>
    public static Func<object, bool> Compile(TableDefinition table, Guard guard)
        => table.Accept(new RecordFilter(guard));

    public Func<object, bool> Visit<TRecord>(TableDefinition<TRecord> table)
        where TRecord : class
    {
        Func<TRecord, bool> matches = GuardCompiler.Compile<TRecord>(table, guard);
        // A table has only records of its type. A checked cast to a type parameter takes as long as
        // the comparison, and a delegate around this one for the cast nearly as long.
        return Unsafe.As<Func<object, bool>>(matches);
    }
}

/// <summary>Reads <c>new { Director = "…", Year = 1994 }</c> as a guard.</summary>
internal static class MatchGuard
{
    /// <exception cref="ArgumentException">
    /// The table has no property of that name, or the property has another type.
    /// </exception>
    public static Guard From(object properties, TableDefinition table)
    {
        ArgumentNullException.ThrowIfNull(properties);
        var equal = new List<Guard>();
        foreach (PropertyInfo property in properties.GetType().GetProperties())
        {
            if (!property.CanRead || property.GetIndexParameters().Length > 0) continue;

            object? value = property.GetValue(properties);
            equal.Add(Guard.Equal(property.Name, value));
        }

        Guard guard = Guard.And(equal);
        GuardValidator.Validate(table, guard);
        return guard;
    }
}

/// <summary>Binds the names in a guard about the records of a table.</summary>
internal sealed class RecordScope<TRecord>(GuardBinder binder) : OperandBinder<TRecord>(binder)
    where TRecord : class
{
    protected override BoundValue<TRecord> BindItem(ItemOperand item)
        => throw new ArgumentException(
            $"{Binder.Table}: there is no item outside a guard about a collection's items.");

    protected override BoundValue<TRecord> BindFirst(string name, string path)
        => Binder.Property(name).Accept(new Value());

    private sealed class Value : IPropertyVisitor<BoundValue<TRecord>>
    {
        public BoundValue<TRecord> Visit<TOwner, TValue>(RecordProperty<TOwner, TValue> property)
            where TOwner : class
            where TValue : notnull
            => (BoundValue<TRecord>)(object)new BoundValue<TOwner, TValue>(
                ValueShape.OfProperty(property.Name, property.Type), property.TryGet);
    }
}
