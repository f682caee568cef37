namespace Memento.Tests.Queries.Oracle;

/// <summary>The expected records of a table, in a list.</summary>
/// <param name="isPair">Whether the key has a second part.</param>
/// <param name="isBag">Whether records share keys.</param>
internal sealed class OracleModel(bool isPair, bool isBag)
{
    private List<ModelRow> _rows = [];

    public IReadOnlyList<ModelRow> Rows => _rows;

    public bool IsBag { get; } = isBag;

    /// <summary>Another model of the same keys.</summary>
    public OracleModel Of(IEnumerable<ModelRow> rows) => new(isPair, IsBag) { _rows = [.. rows] };

    /// <summary>A state to which the model can be set back.</summary>
    public ModelRow[] Image() => [.. _rows];

    public void SetBack(ModelRow[] image) => _rows = [.. image];

    public void Write(ModelRow row)
    {
        if (!IsBag) Delete(row.Values);
        _rows.Add(row);
    }

    /// <summary>Removes all of a key; whether there was any.</summary>
    public bool Delete(Sample ofKey) => _rows.RemoveAll(row => HasSameKey(row.Values, ofKey)) > 0;

    public bool DeleteRecord(int serial) => _rows.RemoveAll(row => row.Serial == serial) > 0;

    /// <summary>The key as callers name it.</summary>
    public object KeyOf(Sample row) => isPair ? (row.Id, row.Title) : row.Id;

    /// <summary>Orders by key, and in a bag by the time of the write.</summary>
    public int CompareKeys(ModelRow one, ModelRow other)
    {
        int order = CompareKeys(one.Values, other.Values);
        return order != 0 ? order : one.Serial.CompareTo(other.Serial);
    }

    public int CompareKeys(Sample one, Sample other)
    {
        int order = one.Id.CompareTo(other.Id);
        return order != 0 || !isPair ? order : string.CompareOrdinal(one.Title, other.Title);
    }

    private bool HasSameKey(Sample one, Sample other) => CompareKeys(one, other) == 0;
}
