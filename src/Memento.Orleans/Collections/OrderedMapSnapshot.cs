using System.Diagnostics.CodeAnalysis;

namespace Memento.Collections;

/// <summary>What an ordered map had at one moment. It never changes, and is thread-safe.</summary>
internal sealed class OrderedMapSnapshot<TValue>(OrderedMapNode<TValue> root, int count)
{
    public int Count { get; } = count;

    /// <inheritdoc cref="OrderedMap{TValue}.TryGetValue"/>
    public bool TryGetValue(ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out TValue value)
        => OrderedMapPlace<TValue>.TryGetValue(root, key, out value);

    /// <inheritdoc cref="OrderedMap{TValue}.Range"/>
    public OrderedMapRange<TValue> Range(
        byte[]? fromInclusive, byte[]? toExclusive, bool isBackward = false)
        => new(
            root,
            map: null,
            fromInclusive,
            toExclusive,
            isBounded: toExclusive is not null,
            isBackward);
}
