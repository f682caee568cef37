namespace Memento.Partitions;

/// <summary>What an insertion that filled a node hands to the node's parent.</summary>
/// <param name="Separator">Not after the first key on the right, after the last on the left.</param>
/// <param name="Right">The new right half; null where nothing was split.</param>
internal readonly record struct OrderedMapSplit<TValue>(
    byte[] Separator, OrderedMapNode<TValue>? Right);
