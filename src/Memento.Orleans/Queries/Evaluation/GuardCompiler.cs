using Memento.Tables;

namespace Memento.Queries.Evaluation;

/// <summary>
/// Turns a guard into a delegate, by composing closures: for a query that runs once, generating
/// code would cost more than it saves. This is the only evaluator of guards.
/// </summary>
internal static class GuardCompiler
{
    /// <exception cref="ArgumentException">
    /// The guard names an unknown property, or compares what cannot be compared.
    /// </exception>
    public static Func<TRecord, bool> Compile<TRecord>(TableDefinition table, Guard guard)
        where TRecord : class
        => new GuardCompilation<TRecord>(new RecordScope<TRecord>(new GuardBinder(table)))
            .Compile(guard.Root);
}
