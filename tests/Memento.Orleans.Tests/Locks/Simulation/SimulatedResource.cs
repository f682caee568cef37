using Memento.Keys;
using Memento.Locks;

namespace Memento.Tests.Locks.Simulation;

/// <summary>
/// A resource that a simulated transaction can lock. Which resources meet is written apart from the
/// lock manager: by counting keys, not by comparing bytes.
/// </summary>
internal sealed record SimulatedResource(KeySpace Space, int From, int To)
{
    public const int MostKeys = 3;
    public const int Spaces = 2;
    public const int FirstRange = 1 + (Spaces * MostKeys);

    // Of a range without an end: further than any key.
    private const int End = MostKeys + 1;

    // Two of them that touch make another one.
    private static readonly (int From, int To)[] Ranges =
        [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (0, End), (1, End), (2, End), (1, 1), (2, 0)];

    /// <summary>The partition, then the points, then the ranges.</summary>
    public static IReadOnlyList<SimulatedResource> All { get; } =
    [
        new(default, 0, 0),
        .. Enumerable.Range(0, Spaces * MostKeys).Select(index =>
            new SimulatedResource(SpaceOf(index / MostKeys), index % MostKeys, -1)),
        .. Enumerable.Range(0, Spaces * Ranges.Length).Select(index =>
        {
            (int from, int to) = Ranges[index % Ranges.Length];
            return new SimulatedResource(SpaceOf(index / Ranges.Length), from, to);
        }),
    ];

    public static int RangeCount => Ranges.Length;

    public bool IsPartition => Space == default;

    public bool IsRange => !IsPartition && To >= 0;

    public bool IsEmpty => IsRange && From >= To;

    /// <summary>
    /// The keys of a range, one bit each; the keys of the second key space are the higher bits.
    /// </summary>
    public int Keys { get; } = From >= To
        ? 0
        : (((1 << Math.Min(To, MostKeys)) - 1) & ~((1 << From) - 1))
            << (Space.IsRecords ? 0 : MostKeys);

    public static int PointOf(int space, int key) => 1 + (space * MostKeys) + key;

    public static int RangeOf(int space, int range) => FirstRange + (space * RangeCount) + range;

    /// <summary>The same, or a range and a point in it.</summary>
    public bool Touches(SimulatedResource other)
        => this == other || Holds(other) || other.Holds(this);

    public bool Covers(SimulatedResource other)
        => Space == other.Space && IsRange && other.IsRange
            && From <= other.From && other.To <= To;

    /// <param name="isShort">Leaves out the last key, which is a fault.</param>
    public LockResource ToLock(bool isShort)
    {
        if (IsPartition) return LockResource.Partition;
        if (!IsRange) return LockResource.InSpace(Space, KeyOf(From));
        int to = isShort ? Math.Min(To, MostKeys) - 1 : To;
        return LockResource.Range(Space, KeyOf(From), to == End ? null : KeyOf(Math.Max(to, 0)));
    }

    private static Key KeyOf(int number) => new([(byte)number]);

    private static KeySpace SpaceOf(int place)
        => place == 0 ? KeySpace.Records : KeySpace.EntriesOf(place - 1);

    private bool Holds(SimulatedResource point)
        => Space == point.Space && IsRange && !point.IsRange
            && From <= point.From && point.From < To;
}
