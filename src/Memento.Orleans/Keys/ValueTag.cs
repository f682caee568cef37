namespace Memento.Keys;

/// <summary>
/// The byte that an index entry has before each of its values, so that every record has a place in
/// an index: null before NaN before all others, whose encoding follows.
/// </summary>
internal static class ValueTag
{
    public const byte Null = 0;
    public const byte NotANumber = 1;
    public const byte Value = 2;
}
