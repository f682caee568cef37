namespace Memento.Queries;

/// <summary>Every record is asked.</summary>
internal sealed record ScanPlan(Guard Guard) : QueryPlan(Guard);
