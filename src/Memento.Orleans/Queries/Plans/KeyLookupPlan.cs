using Memento.Tables.Keys;

namespace Memento.Queries;

/// <summary>The records of one key are asked, in the one partition that has them.</summary>
internal sealed record KeyLookupPlan(Guard Guard, Key Key) : QueryPlan(Guard);
