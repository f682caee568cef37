namespace Memento.Tests.TwoPhase;

/// <summary>Whether a client does it, and what takes part.</summary>
public static class KitPlaces
{
    internal static readonly Parts[] AllParts =
    [
        Parts.States, Parts.Ram, Parts.Disk, Parts.States | Parts.Ram, Parts.States | Parts.Disk,
    ];

    public static TheoryData<bool, Parts> All => Where(static _ => true);

    /// <summary>Records and states together.</summary>
    public static TheoryData<bool, Parts> Mixed => Where(static parts => parts.HasBoth());

    private static TheoryData<bool, Parts> Where(Func<Parts, bool> isMeant)
    {
        TheoryData<bool, Parts> places = [];
        foreach (Parts parts in AllParts.Where(isMeant))
        {
            places.Add(false, parts);
            places.Add(true, parts);
        }

        return places;
    }
}
