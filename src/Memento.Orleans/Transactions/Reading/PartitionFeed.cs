using Memento.Partitions;

namespace Memento.Transactions.Reading;

/// <summary>The results of a query from one partition, and how far they have been used.</summary>
internal sealed class PartitionFeed(int number)
{
    private IReadOnlyList<object> _records = [];
    private IReadOnlyList<byte[]>? _places;
    private int _next;
    private bool _isLast;

    public int Number { get; } = number;

    /// <summary>Whether it has a result left.</summary>
    public bool HasNext => _next < _records.Count;

    /// <summary>Whether the partition has to be asked for more results.</summary>
    public bool IsDry => _next >= _records.Count && !_isLast;

    public bool IsAtEnd => _next >= _records.Count && _isLast;

    /// <summary>The place after which the next part begins; null: the beginning.</summary>
    public byte[]? After { get; private set; }

    /// <summary>The number of the plan's way that the results came on.</summary>
    public int Way { get; private set; }

    /// <summary>How often the partition has been asked.</summary>
    public int Parts { get; private set; }

    public object Record => _records[_next];

    /// <summary>The place of the next result.</summary>
    public byte[] Place => _places![_next];

    public void Fill(Chunk chunk)
    {
        _records = chunk.Records;
        _places = chunk.Places;
        _next = 0;
        After = chunk.Last;
        Way = chunk.Way;
        _isLast = chunk.Last is null;
        Parts++;
    }

    public void Advance() => _next++;
}
