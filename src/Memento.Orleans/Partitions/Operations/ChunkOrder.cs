namespace Memento.Partitions.Operations;

/// <summary>What makes the order of a chunk.</summary>
internal enum ChunkOrder
{
    /// <summary>Nobody asks for one.</summary>
    Any,

    /// <summary>The walk itself, so that its places tell the order.</summary>
    OfWalk,

    /// <summary>The records are sorted when all have been looked at.</summary>
    Sorted,

    /// <summary>The records are counted and not kept.</summary>
    Counted,
}
