using static System.FormattableString;

namespace Memento.Keys;

/// <summary>
/// One ordered set of keys in a partition: the keys of the records, the values of a unique index,
/// or the entries of an index. A key is read, written and locked in one of them.
/// </summary>
/// <remarks>
/// The entries of an index are local to the partition: the indexed values of its records with the
/// record's key behind them. The values of a unique index are spread over the partitions by their
/// own hash, and each leads to the key of its record.
/// </remarks>
internal readonly record struct KeySpace
{
    private const int FirstOfIndexes = 2;

    private KeySpace(int number) => Number = number;

    /// <summary>The keys of the records.</summary>
    public static KeySpace Records => new(1);

    /// <summary>
    /// Its number, which is also its place in an array of key spaces: small, and 0 for the default
    /// value.
    /// </summary>
    public int Number { get; }

    /// <summary>The kind of its keys.</summary>
    public KeySpaceKind Kind => Number switch
    {
        0 => KeySpaceKind.Nothing,
        1 => KeySpaceKind.Records,
        _ => Number % 2 == 0 ? KeySpaceKind.Values : KeySpaceKind.Entries,
    };

    public bool IsRecords => Number == 1;

    /// <summary>
    /// The ordinal of the index whose values or entries the keys are; null where they are neither.
    /// </summary>
    public int? Index => Number >= FirstOfIndexes ? (Number - FirstOfIndexes) / 2 : null;

    /// <summary>The values of a unique index, by the index's ordinal from 0.</summary>
    public static KeySpace ValuesOf(int index) => new(FirstOfIndexes + (2 * Checked(index)));

    /// <summary>The entries of an index, by the index's ordinal from 0.</summary>
    public static KeySpace EntriesOf(int index) => new(FirstOfIndexes + (2 * Checked(index)) + 1);

    public override string ToString() => Kind switch
    {
        KeySpaceKind.Nothing => "nothing",
        KeySpaceKind.Records => "records",
        KeySpaceKind.Values => Invariant($"values of index {Index}"),
        _ => Invariant($"entries of index {Index}"),
    };

    private static int Checked(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return index;
    }
}

/// <summary>The kinds of key spaces.</summary>
internal enum KeySpaceKind
{
    /// <summary>No key space: the default value.</summary>
    Nothing,

    /// <summary>The keys of the records; of a bag with a number behind them.</summary>
    Records,

    /// <summary>The values of a unique index.</summary>
    Values,

    /// <summary>The entries of an index.</summary>
    Entries,
}
