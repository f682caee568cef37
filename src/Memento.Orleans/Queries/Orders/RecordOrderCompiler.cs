using Memento.Keys;
using Memento.Queries.Evaluation;
using Memento.Tables;

namespace Memento.Queries.Orders;

/// <summary>
/// Compiles an order for code that has a table, but not its record type as a type parameter.
/// </summary>
internal sealed class RecordOrderCompiler(IReadOnlyList<OrderPart> parts, bool isDescending)
    : ITableVisitor<RecordOrder>
{
    public RecordOrder Visit<TRecord>(TableDefinition<TRecord> table)
        where TRecord : class
    {
        // All parts, also parts that change nothing: whether an order is valid depends on how it is
        // written.
        var values = new Dictionary<string, IndexPart<TRecord>>(parts.Count);
        foreach (OrderPart part in parts)
            values[part.Property] = Bind(table, part.Property, out _);

        IReadOnlyList<OrderPart> counting =
            OrderNormalization.Normalize(table, parts, isDescending);
        return counting.Count == 0
            ? RecordOrder.ByKey(isDescending)
            : new RecordOrder<TRecord>(
                counting, [.. counting.Select(part => values[part.Property])], isDescending);
    }

    /// <summary>Finds the writer of a property, and how it encodes the value.</summary>
    /// <inheritdoc cref="GroupValue.Compile" path="/exception"/>
    public static IndexPart<TRecord> Bind<TRecord>(
        TableDefinition<TRecord> table, string path, out KeyComponent component)
        where TRecord : class
    {
        int end = path.AsSpan().IndexOfAny('.', '[');
        if (table.FindProperty(end < 0 ? path : path[..end]) is null)
            throw new QueryNotSupportedException(
                path,
                $"Table '{table.Name}' does not store it. Order by one of "
                + $"{string.Join(", ", table.Properties.Select(property => property.Name))}.");

        BoundValue<TRecord> value = new RecordScope<TRecord>(new GuardBinder(table))
            .Bind(new PropertyOperand(path));
        Type type = value.Shape.DeclaredType;
        component = KeyComponents.TryGet(type, out KeyComponent? found)
            ? found
            : throw new QueryNotSupportedException(
                path,
                $"A '{TypeName.Of(type)}' has no order; {KeyComponents.Supported} have one. Store "
                + "what the order needs in a property of its own.");
        return value.Accept(new PartMaker<TRecord>(component));
    }

    private sealed class PartMaker<TRecord>(KeyComponent component)
        : IBoundValueVisitor<TRecord, IndexPart<TRecord>>
    {
        public IndexPart<TRecord> Visit<TValue>(BoundValue<TRecord, TValue> value)
            => IndexPart<TRecord>.Of(component, value.TryGet);
    }
}
