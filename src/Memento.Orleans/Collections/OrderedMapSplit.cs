namespace Memento.Collections;

/// <summary>What an insertion that filled a node hands to the node's parent.</summary>
/// <param name="Separator">After every key on the left, not after any on the right.</param>
/// <param name="Right">The new right half; null where nothing was split.</param>
internal readonly record struct OrderedMapSplit<TValue>(
    byte[] Separator, OrderedMapNode<TValue>? Right);
