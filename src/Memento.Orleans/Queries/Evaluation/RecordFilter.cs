using System.Runtime.CompilerServices;
using Memento.Tables;

namespace Memento.Queries.Evaluation;

/// <summary>Compiles a guard for those who know a table, but not its record type.</summary>
internal sealed class RecordFilter(Guard guard) : ITableVisitor<Func<object, bool>>
{
    /// <exception cref="ArgumentException">The guard does not fit the table.</exception>
    public static Func<object, bool> Compile(TableDefinition table, Guard guard)
        => table.Accept(new RecordFilter(guard));

    public Func<object, bool> Visit<TRecord>(TableDefinition<TRecord> table)
        where TRecord : class
    {
        Func<TRecord, bool> matches = GuardCompiler.Compile<TRecord>(table, guard);
        // A table has records of its type alone, and a checked cast to a type that is a parameter takes as
        // long as the comparison.
        return record => matches(Unsafe.As<TRecord>(record));
    }
}
