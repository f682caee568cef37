namespace Memento.LogStorage;

/// <summary>Which rows: those of a partition of a table, as it was made or emptied last.</summary>
/// <param name="Table">
/// The number of the table: another one each time it is made or emptied, so that old rows are out
/// of sight at once. 0 for the outcomes of transactions.
/// </param>
/// <param name="Partition">The partition; of outcomes, the slice of time.</param>
internal readonly record struct RowsId(long Table, int Partition);

/// <summary>
/// A row of the log or of a run: an upsert, or a removal if there is no document.
/// </summary>
internal readonly record struct LogRow(byte[] Key, byte[]? Document)
{
    public static int Compare(byte[] left, byte[] right) => left.AsSpan().SequenceCompareTo(right);
}

/// <summary>What the log has said about some rows since the last checkpoint.</summary>
internal sealed class RowOverlay
{
    private readonly Dictionary<byte[], byte[]?> _rows = new(KeyComparer.Instance);

    /// <summary>The bytes of keys and documents, for choosing how runs are merged.</summary>
    public long Bytes { get; private set; }

    public void Set(byte[] key, byte[]? document)
    {
        if (_rows.TryGetValue(key, out byte[]? old)) Bytes -= key.Length + (old?.Length ?? 0);
        _rows[key] = document;
        Bytes += key.Length + (document?.Length ?? 0);
    }

    /// <summary>Takes over the rows of an older overlay which this one does not have.</summary>
    public void Under(RowOverlay older)
    {
        foreach ((byte[] key, byte[]? document) in older._rows)
        {
            if (!_rows.ContainsKey(key)) Set(key, document);
        }
    }

    /// <summary>The rows of overlays, older ones first, in the order of their keys.</summary>
    public static LogRow[] Sort(params IEnumerable<RowOverlay?> overlays)
    {
        Dictionary<byte[], byte[]?> rows = new(KeyComparer.Instance);
        foreach (RowOverlay? overlay in overlays)
        {
            if (overlay is null) continue;
            foreach ((byte[] key, byte[]? document) in overlay._rows)
                rows[key] = document;
        }

        LogRow[] sorted = [.. rows.Select(static row => new LogRow(row.Key, row.Value))];
        Array.Sort(sorted, static (left, right) => LogRow.Compare(left.Key, right.Key));
        return sorted;
    }

    private sealed class KeyComparer : IEqualityComparer<byte[]>
    {
        public static readonly KeyComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj)
        {
            var hash = new HashCode();
            hash.AddBytes(obj);
            return hash.ToHashCode();
        }
    }
}
