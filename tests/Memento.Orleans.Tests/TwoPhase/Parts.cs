namespace Memento.Tests.TwoPhase;

/// <summary>What takes part in a transaction: records, states of Orleans, or both.</summary>
[Flags]
public enum Parts
{
    /// <summary>The transactional states of grains.</summary>
    States = 1,

    /// <summary>A table in ram.</summary>
    Ram = 2,

    /// <summary>A table on disk.</summary>
    Disk = 4,
}

internal static class PartsExtensions
{
    public static bool HasStates(this Parts parts) => parts.HasFlag(Parts.States);

    public static bool HasRecords(this Parts parts)
        => (parts & (Parts.Ram | Parts.Disk)) != 0;

    public static bool HasBoth(this Parts parts) => parts.HasStates() && parts.HasRecords();

    public static bool AreOnDisk(this Parts parts) => parts.HasFlag(Parts.Disk);

    /// <summary>What a key has: a value where it takes part, and 0 elsewhere.</summary>
    public static (long State, long Record) Each(this Parts parts, long value)
        => (parts.HasStates() ? value : 0, parts.HasRecords() ? value : 0);
}
