using Memento.Tables;

namespace Memento.Queries.Evaluation;

/// <summary>Checks a guard against a table where it is not evaluated: before it is sent.</summary>
internal static class GuardValidator
{
    /// <exception cref="ArgumentException">
    /// The guard names an unknown property, or compares what cannot be compared.
    /// </exception>
    public static void Validate(TableDefinition table, Guard guard)
        => RecordFilter.Compile(table, guard);
}
