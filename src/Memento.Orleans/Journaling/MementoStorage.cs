namespace Memento.Journaling;

/// <summary>The name under which the catalog and the sequences ask for Orleans' grain storage.</summary>
internal static class MementoStorage
{
    public const string Name = "memento";
}
