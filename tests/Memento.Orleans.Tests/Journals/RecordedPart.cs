using Memento.Journaling;

namespace Memento.Tests.Journals;

/// <summary>Writes down that it was taken back, or discarded.</summary>
internal sealed class RecordedPart(
    string name, List<string> log, string table = "t", int number = 0) : ITakeBack
{
    public string Table => table;

    public int Number => number;

    public bool IsStored { get; init; } = true;

    public void TakeBack() => log.Add(name);

    public void Discard() => log.Add($"discard {name}");
}
