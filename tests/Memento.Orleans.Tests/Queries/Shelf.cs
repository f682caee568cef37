using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Memento.Tests.Queries;

/// <summary>An item with dictionaries of every kind.</summary>
internal sealed record Shelf
{
    public IDictionary<string, int>? Any { get; init; }

    public IReadOnlyDictionary<string, int>? Readable { get; init; }

    public SortedDictionary<string, int>? Sorted { get; init; }

    public SortedList<string, int>? Listed { get; init; }

    public ImmutableDictionary<string, int>? Immutable { get; init; }

    public ImmutableSortedDictionary<string, int>? ImmutableSorted { get; init; }

    public FrozenDictionary<string, int>? Frozen { get; init; }
}
