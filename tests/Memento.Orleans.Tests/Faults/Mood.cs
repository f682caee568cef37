namespace Memento.Tests.Faults;

/// <summary>
/// Whether the values of <see cref="Moody"/> throw; the tests of one class set it.
/// </summary>
internal static class Mood
{
    private static volatile bool _isBad;

    public static bool IsBad
    {
        get => _isBad;
        set => _isBad = value;
    }
}
