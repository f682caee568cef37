namespace Memento.Queries;

/// <summary>No record can satisfy the guard; nothing is read.</summary>
internal sealed record NothingPlan(Guard Guard) : QueryPlan(Guard);
