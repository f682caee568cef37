using System.Collections.Immutable;
using Memento.Collections;
using Memento.Keys;
using Memento.Partitions;
using Memento.Tables;

namespace Memento.Tests.Partitions;

/// <summary>
/// All that a partition has at a moment, copied: places and records, space by space.
/// </summary>
internal sealed class PartitionCopy
{
    private readonly ImmutableArray<IndexDefinition> _indexes;
    private readonly Dictionary<KeySpace, List<(string Place, object Record)>> _entries = [];

    public PartitionCopy(PartitionContent content)
    {
        _indexes = content.Indexes.All;
        foreach (KeySpace space in SpacesOf(_indexes))
            _entries[space] = Read(content[space].Range(null, null));
    }

    public IEnumerable<object> Records
        => _entries[KeySpace.Records].Select(static each => each.Record);

    /// <summary>How a snapshot differs from it; null: it does not.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="cut">The cut that the snapshot shows.</param>
    /// <param name="known">All indexes that there may be.</param>
    /// <param name="isShort">Whether it is read as what reads few records is.</param>
    public string? CompareWith(
        Partition partition, long cut, IReadOnlyList<IndexDefinition> known, bool isShort)
        => partition.Read(cut, new Comparison(this, known, isShort));

    private static IEnumerable<KeySpace> SpacesOf(ImmutableArray<IndexDefinition> indexes)
        => indexes.Select(static index => index.Entries).Prepend(KeySpace.Records);

    private static List<(string Place, object Record)> Read(OrderedMapRange<StoredRecord> range)
    {
        List<(string Place, object Record)> entries = [];
        while (range.MoveNext())
            entries.Add((Convert.ToHexString(range.CurrentKey), range.CurrentValue.Record));
        return entries;
    }

    private sealed class Comparison(
        PartitionCopy copy, IReadOnlyList<IndexDefinition> known, bool isShort)
        : ISnapshotRead<string?>
    {
        public bool IsShort => isShort;

        public string? ReadAll(IRecordSource source)
        {
            string[] there = [.. known.Where(index => source.HasIndex(index.Reference))
                .Select(static index => index.Name).Order(StringComparer.Ordinal)];
            string[] expected = [.. copy._indexes.Select(static index => index.Name)
                .Order(StringComparer.Ordinal)];
            if (!there.SequenceEqual(expected))
                return $"indexes {string.Join(' ', there)}, and not {string.Join(' ', expected)}";

            int count = copy._entries[KeySpace.Records].Count;
            if (source.CountRecords() != count)
                return $"{source.CountRecords()} records, and not {count}";
            foreach ((KeySpace space, List<(string Place, object Record)> entries) in copy._entries)
            {
                List<(string Place, object Record)> found =
                    Read(source.Committed(space, [], null));
                if (!found.SequenceEqual(entries))
                    return $"{space}: {Text(found)}, and not {Text(entries)}";

                found = Read(source.Committed(space, [], null, isBackward: true));
                found.Reverse();
                if (!found.SequenceEqual(entries)) return $"{space}, backwards: {Text(found)}";
            }

            (string Place, object Record)? missed = copy._entries[KeySpace.Records]
                .Select(static each => ((string Place, object Record)?)each)
                .FirstOrDefault(each => !ReferenceEquals(
                    source.Find(KeySpace.Records, KeyAt(each!.Value.Place))?.Record,
                    each.Value.Record));
            return missed is null ? null : $"{missed.Value.Record} is not found";
        }

        private static Key KeyAt(string place) => new(Convert.FromHexString(place));

        private static string Text(List<(string Place, object Record)> entries)
            => string.Join(' ', entries.Select(static each => each.Record));
    }
}
