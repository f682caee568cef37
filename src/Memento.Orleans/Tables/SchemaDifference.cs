namespace Memento.Tables;

/// <summary>How a table of the program differs from the one that is stored.</summary>
internal sealed class SchemaDifference
{
    /// <summary>Why the program cannot use the stored table, each a clause for a message.</summary>
    public required IReadOnlyList<string> Incompatibilities { get; init; }

    /// <summary>The unique indexes that have to be filled, and may find duplicates.</summary>
    public required IReadOnlyList<string> AddedUniqueIndexes { get; init; }

    /// <summary>The unique indexes whose entries are to be removed.</summary>
    public required IReadOnlyList<string> RemovedUniqueIndexes { get; init; }

    /// <summary>
    /// Attributes, other indexes or auto-increment: nothing stored depends on them.
    /// </summary>
    public required bool HasOtherChanges { get; init; }

    public bool IsCompatible => Incompatibilities.Count == 0;

    /// <summary>Whether the catalog says exactly what the program says.</summary>
    public bool IsNone
        => IsCompatible && AddedUniqueIndexes.Count == 0 && RemovedUniqueIndexes.Count == 0
            && !HasOtherChanges;
}
