using System.Runtime.InteropServices;
using Memento.Keys;
using Memento.Queries.Orders;

namespace Memento.Partitions.Operations;

/// <summary>Counts the records of a partition by the values of one property.</summary>
internal sealed class GroupTally(GroupValue value)
{
    /// <summary>
    /// So many records with the same value are counted one by one: to find the last of a few takes
    /// longer.
    /// </summary>
    private const int FewSame = 16;

    private readonly Dictionary<byte[], long> _counts = new(ByteComparer.Instance);
    private byte[] _current = [];
    private int _run;

    /// <summary>The value that was counted last by its place.</summary>
    public ReadOnlySpan<byte> Current => _current;

    public void Add(object record)
    {
        KeyWriter writer = new(stackalloc byte[KeyWriter.StackBytes]);
        value.Write(ref writer, record);
        Count(writer.Written)++;
    }

    /// <summary>Counts a place in an index that begins with the value.</summary>
    /// <returns>
    /// Whether many places with the same value have come in a row, so that it is time to look for
    /// the last one.
    /// </returns>
    public bool AddPlace(ReadOnlySpan<byte> place)
    {
        // No encoding of a value is the beginning of another one.
        if (_current.Length > 0 && place.StartsWith(_current))
        {
            _run++;
        }
        else
        {
            _current = place[..LengthIn(place)].ToArray();
            _run = 1;
        }

        Count(_current)++;
        return _run % FewSame == 0;
    }

    /// <summary>Counts more records with the value that was counted last by its place.</summary>
    public void Add(long more)
    {
        if (more > 0) Count(_current) += more;
    }

    public List<GroupCount> ToList()
        => [.. _counts.Select(static each => new GroupCount(each.Key, each.Value))];

    private ref long Count(ReadOnlySpan<byte> bytes)
        => ref CollectionsMarshal.GetValueRefOrAddDefault(
            _counts.GetAlternateLookup<ReadOnlySpan<byte>>(), bytes, out _);

    private int LengthIn(ReadOnlySpan<byte> place)
    {
        KeyReader reader = new(place);
        if (reader.Read(1)[0] == ValueTag.Value) _ = value.Component.ReadBoxed(ref reader);
        return place.Length - reader.Rest.Length;
    }

    /// <summary>Finds an array by bytes that are in no array.</summary>
    private sealed class ByteComparer
        : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static ByteComparer Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other)
            => alternate.SequenceEqual(other);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            HashCode hash = default;
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
