namespace Memento.Tests.Queries.Oracle;

/// <summary>The ways in which a query is asked.</summary>
internal enum Ask
{
    List,
    Stream,
    Projection,
    Selection,
    First,
    Single,
    Count,
    Any,
    Least,
    Greatest,
    Sum,
    Pages,
    PagesByKey,
    Explanation,
    Keys,
}
