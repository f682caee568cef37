using System.Text.Json;
using Memento.Tables.Documents;

namespace Memento.Tests.Tables.Documents;

/// <summary>Compares the counted size of a record with the length of its document.</summary>
internal sealed class Counting<T>
{
    private readonly ValueCheck<T>? _check;
    private readonly bool _isMeasured;
    private readonly long _bytes;

    public Counting()
    {
        var checks = new ValueChecks(typeof(T));
        _check = checks.For<T>();
        _bytes = checks.BytesOf(typeof(T));
        _isMeasured = checks.NeedsRoundTrip;
    }

    /// <summary>
    /// Whether as much is counted as there is, or the document itself is measured.
    /// </summary>
    public bool IsEnough(T record)
    {
        long counted = _bytes;
        Assert.Null(_check?.Find(record, depth: 0, ref counted));
        byte[] document = JsonSerializer.SerializeToUtf8Bytes(record, DocumentFormat.Options);
        return _isMeasured || counted >= document.Length;
    }
}
