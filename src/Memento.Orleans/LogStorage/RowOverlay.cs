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
    private readonly Dictionary<byte[], (byte[]? Document, long Position)> _rows =
        new(KeyComparer.Instance);

    /// <summary>The bytes of keys and documents, for choosing how runs are merged.</summary>
    public long Bytes { get; private set; }

    /// <summary>The number of the state of the log that has set a row last.</summary>
    public long Last { get; private set; }

    /// <param name="key">The key of the row.</param>
    /// <param name="document">Its document; null for a removal.</param>
    /// <param name="position">The number of the state of the log that says so.</param>
    public void Set(byte[] key, byte[]? document, long position)
    {
        if (_rows.TryGetValue(key, out var old)) Bytes -= key.Length + LengthOf(old.Document);
        _rows[key] = (document, position);
        Bytes += key.Length + LengthOf(document);
        Last = Math.Max(Last, position);
    }

    /// <summary>Takes over the rows of an older overlay which this one does not have.</summary>
    public void Under(RowOverlay older)
    {
        foreach ((byte[] key, var row) in older._rows)
        {
            if (!_rows.ContainsKey(key)) Set(key, row.Document, row.Position);
        }
    }

    /// <summary>The rows that were set behind a place in the log; null for none.</summary>
    public RowOverlay? Behind(long position)
    {
        if (Last <= position) return null;

        var behind = new RowOverlay();
        foreach ((byte[] key, var row) in _rows)
        {
            if (row.Position > position) behind.Set(key, row.Document, row.Position);
        }

        return behind;
    }

    /// <summary>The rows of this moment, in no order.</summary>
    public LogRow[] Copy()
        => [.. _rows.Select(static row => new LogRow(row.Key, row.Value.Document))];

    /// <summary>Rows of several overlays, older ones first, in the order of their keys.</summary>
    public static LogRow[] Sort(params IReadOnlyList<LogRow[]> overlays)
    {
        Dictionary<byte[], byte[]?> rows = new(KeyComparer.Instance);
        foreach (LogRow[] overlay in overlays)
        {
            foreach (LogRow row in overlay)
                rows[row.Key] = row.Document;
        }

        LogRow[] sorted = [.. rows.Select(static row => new LogRow(row.Key, row.Value))];
        Array.Sort(sorted, static (left, right) => LogRow.Compare(left.Key, right.Key));
        return sorted;
    }

    private static int LengthOf(byte[]? document) => document?.Length ?? 0;

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
