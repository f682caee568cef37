using Memento.Keys;
using Memento.Tables;

namespace Memento.Queries.Orders;

/// <summary>
/// One value of the records of a table in the form of index entries: a <see cref="ValueTag"/>, and
/// the encoded value behind it if there is one.
/// </summary>
internal abstract class GroupValue(KeyComponent component)
{
    /// <summary>The encoding of the value behind the tag.</summary>
    public KeyComponent Component { get; } = component;

    /// <param name="table">The table.</param>
    /// <param name="path">
    /// A stored property, or a path to a property of an object: <c>Address.City</c>.
    /// </param>
    /// <exception cref="QueryNotSupportedException">
    /// It is not a stored property, or its type has no order.
    /// </exception>
    /// <exception cref="ArgumentException">The path does not lead to a stored property.</exception>
    public static GroupValue Compile(TableDefinition table, string path)
        => table.Accept(new Compiler(path));

    public abstract void Write(ref KeyWriter writer, object record);

    /// <summary>The value of bytes that were written; null and NaN too.</summary>
    public object? Read(ReadOnlySpan<byte> bytes)
    {
        KeyReader reader = new(bytes);
        switch (reader.Read(1)[0])
        {
            case ValueTag.Null:
                return null;
            case ValueTag.NotANumber:
                return Component.ValueType == typeof(float) ? float.NaN : double.NaN;
            default:
                return Component.ReadBoxed(ref reader);
        }
    }

    private sealed class Compiler(string path) : ITableVisitor<GroupValue>
    {
        public GroupValue Visit<TRecord>(TableDefinition<TRecord> table)
            where TRecord : class
        {
            IndexPart<TRecord> part = RecordOrderCompiler.Bind(
                table, path, out KeyComponent component);
            return new GroupValue<TRecord>(component, part);
        }
    }
}

/// <summary>A value that is written without boxing it.</summary>
internal sealed class GroupValue<TRecord>(KeyComponent component, IndexPart<TRecord> part)
    : GroupValue(component)
    where TRecord : class
{
    public override void Write(ref KeyWriter writer, object record)
        => part.Write(ref writer, (TRecord)record);
}
