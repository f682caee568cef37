using Memento.Tables;

namespace Memento.Queries;

/// <summary>The records of one value of an index are asked.</summary>
/// <param name="Guard">The guard.</param>
/// <param name="Index">The index.</param>
/// <param name="Value">The value, encoded as in the index.</param>
internal sealed record IndexLookupPlan(Guard Guard, IndexDefinition Index, byte[] Value)
    : QueryPlan(Guard);
