using Memento.Keys;

namespace Memento.Queries.Plans;

/// <summary>The values that a property may have where a condition holds: never too few.</summary>
/// <param name="Ranges">
/// The encoded values; in an index, each after its <see cref="ValueTag"/>.
/// </param>
/// <param name="IsExact">
/// Whether the condition holds for all of these values, whatever the other properties are.
/// </param>
internal readonly record struct ValueSet(IReadOnlyList<KeyRange> Ranges, bool IsExact)
{
    /// <summary>All values, because nothing is known.</summary>
    public static ValueSet Any { get; } = new(KeyRanges.Everything, IsExact: false);

    public static ValueSet None { get; } = new(KeyRanges.Nothing, IsExact: true);

    /// <summary>All values, and the condition holds for all of them.</summary>
    public static ValueSet Everything { get; } = new(KeyRanges.Everything, IsExact: true);

    public bool IsEverything => KeyRanges.IsEverything(Ranges);

    /// <summary>Whether these are single values; no value counts too.</summary>
    public bool ArePoints
    {
        get
        {
            foreach (KeyRange range in Ranges)
            {
                if (!range.IsPoint) return false;
            }

            return true;
        }
    }

    public static ValueSet Of(KeyRange range) => new([range], IsExact: true);

    public ValueSet And(in ValueSet other)
    {
        bool isExact = IsExact && other.IsExact;
        if (IsEverything) return new ValueSet(other.Ranges, isExact);

        return other.IsEverything
            ? new ValueSet(Ranges, isExact)
            : new ValueSet(KeyRanges.Intersect(Ranges, other.Ranges), isExact);
    }
}
