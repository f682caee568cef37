namespace Memento.Queries.Plans;

/// <summary>What is known of a comparison with a constant before any value is.</summary>
internal enum Outcome
{
    Never,
    WhereNotNull,
    Depends,
}
