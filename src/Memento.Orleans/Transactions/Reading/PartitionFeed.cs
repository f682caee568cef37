using Memento.Partitions;

namespace Memento.Transactions.Reading;

/// <summary>
/// What one partition has given of a query's results, and how far that has been used.
/// </summary>
internal sealed class PartitionFeed(int number)
{
    private IReadOnlyList<object> _records = [];
    private IReadOnlyList<byte[]>? _places;
    private int _next;
    private bool _isLast;

    public int Number { get; } = number;

    /// <summary>Whether it has a result at hand.</summary>
    public bool HasNext => _next < _records.Count;

    /// <summary>Whether the partition has to be asked for its next result.</summary>
    public bool IsDry => _next >= _records.Count && !_isLast;

    public bool IsAtEnd => _next >= _records.Count && _isLast;

    /// <summary>Where the next part begins, behind this place; null: at the beginning.</summary>
    public byte[]? After { get; private set; }

    /// <summary>Which of the plan's ways it came on.</summary>
    public int Way { get; private set; }

    /// <summary>How often the partition has been asked.</summary>
    public int Parts { get; private set; }

    public object Record => _records[_next];

    /// <summary>The result's place.</summary>
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
