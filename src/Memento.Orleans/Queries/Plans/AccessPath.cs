using Memento.Tables;
using Memento.Tables.Keys;

namespace Memento.Queries;

/// <summary>A way to the records of a guard: by the key, or by an index.</summary>
/// <param name="Index">The index; null is the key.</param>
/// <param name="Ranges">Where the records are; nothing is nowhere.</param>
/// <param name="Keys">The keys, where all of them are known whole.</param>
/// <param name="Used">The properties that the ranges go by.</param>
internal sealed record AccessPath(
    IndexDefinition? Index,
    IReadOnlyList<KeyRange> Ranges,
    IReadOnlyList<Key>? Keys,
    IReadOnlyList<ValueSetReader> Used)
{
    /// <summary>Less is better: what leads to fewer records, and to records in key order.</summary>
    public int Rank
    {
        get
        {
            if (Keys is not null)
                return 0;

            bool isKey = Index is null;
            if (Ranges.All(range => range.IsPoint))
                return Index is { Unique: true } ? 1 : isKey ? 3 : 2;

            bool isBounded = Ranges.All(range => range.From.Length > 0 && range.To is not null);
            return (isBounded ? 4 : 6) + (isKey ? 0 : 1);
        }
    }

    public bool IsBetterThan(AccessPath? other)
        => other is null || Rank < other.Rank
            || (Rank == other.Rank && Ranges.Count < other.Ranges.Count);
}
