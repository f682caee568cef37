namespace Memento.Tables.Documents;

/// <summary>Why a value would not come back from a document, and where in the record it is.</summary>
/// <param name="reason">What is wrong with it, and what to do, as the end of a sentence.</param>
internal sealed class RecordFault(string reason)
{
    /// <summary>Of a longer path the beginning and the end, as long each, say enough.</summary>
    private const int ShownOfPath = 60;

    private string _path = "";

    private string ShownPath
        => _path.Length <= 2 * ShownOfPath
            ? _path
            : $"{_path[..ShownOfPath]}…{_path[^ShownOfPath..]}";

    /// <summary>The fault as a sentence without its stop.</summary>
    public override string ToString()
        => _path.Length == 0 ? $"it {reason}" : $"'{ShownPath}' {reason}";

    /// <summary>The fault, seen from the object that has the value in a property.</summary>
    public RecordFault In(string property)
    {
        _path = _path.Length == 0 || _path[0] == '[' ? property + _path : $"{property}.{_path}";
        return this;
    }

    /// <summary>The fault, seen from the collection that has the value.</summary>
    /// <param name="place">An index or a key, as C# writes it.</param>
    public RecordFault At(string place) => In($"[{place}]");
}
