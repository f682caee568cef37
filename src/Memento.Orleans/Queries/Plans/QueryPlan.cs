namespace Memento.Queries;

/// <summary>
/// Where the records of a query are looked for. Whatever the way, the whole guard is asked about
/// each record found: a plan may give too many records and never too few.
/// </summary>
internal abstract record QueryPlan(Guard Guard);
