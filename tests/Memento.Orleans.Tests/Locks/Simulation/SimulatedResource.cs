using Memento.Keys;
using Memento.Locks;

namespace Memento.Tests.Locks.Simulation;

/// <summary>
/// What a simulated transaction can lock, with what meets what written apart from the lock
/// manager: by counting keys, not by comparing bytes.
/// </summary>
internal sealed record SimulatedResource(int Store, int From, int To)
{
    public const int MostKeys = 3;
    public const int Stores = 2;
    public const int FirstRange = 1 + (Stores * MostKeys);

    // Of a range without an end: further than any key.
    private const int End = MostKeys + 1;
    private const int PartitionStore = -1;

    // Two of them that touch make another one.
    private static readonly (int From, int To)[] Ranges =
        [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (0, End), (1, End), (2, End), (1, 1), (2, 0)];

    /// <summary>The partition, then the points, then the ranges.</summary>
    public static IReadOnlyList<SimulatedResource> All { get; } =
    [
        new(PartitionStore, 0, 0),
        .. Enumerable.Range(0, Stores * MostKeys).Select(index =>
            new SimulatedResource(StoreNumber(index / MostKeys), index % MostKeys, -1)),
        .. Enumerable.Range(0, Stores * Ranges.Length).Select(index =>
        {
            (int from, int to) = Ranges[index % Ranges.Length];
            return new SimulatedResource(StoreNumber(index / Ranges.Length), from, to);
        }),
    ];

    public static int RangeCount => Ranges.Length;

    public bool IsPartition => Store == PartitionStore;

    public bool IsRange => !IsPartition && To >= 0;

    public bool IsEmpty => IsRange && From >= To;

    /// <summary>
    /// The keys of a range, one bit each; those of the second store are the higher ones.
    /// </summary>
    public int Keys { get; } = From >= To
        ? 0
        : (((1 << Math.Min(To, MostKeys)) - 1) & ~((1 << From) - 1))
            << (Store == LockResource.RecordStore ? 0 : MostKeys);

    public static int PointOf(int store, int key) => 1 + (store * MostKeys) + key;

    public static int RangeOf(int store, int range) => FirstRange + (store * RangeCount) + range;

    /// <summary>The same, or a range and a point in it.</summary>
    public bool Touches(SimulatedResource other)
        => this == other || Holds(other) || other.Holds(this);

    public bool Covers(SimulatedResource other)
        => Store == other.Store && IsRange && other.IsRange
            && From <= other.From && other.To <= To;

    /// <param name="isShort">Leaves out the last key, which is a fault.</param>
    public LockResource ToLock(bool isShort)
    {
        if (IsPartition) return LockResource.Partition;
        if (!IsRange) return LockResource.InStore(Store, KeyOf(From));
        int to = isShort ? Math.Min(To, MostKeys) - 1 : To;
        return LockResource.Range(Store, KeyOf(From), to == End ? null : KeyOf(Math.Max(to, 0)));
    }

    private static Key KeyOf(int number) => new([(byte)number]);

    private static int StoreNumber(int store)
        => store == 0 ? LockResource.RecordStore : LockResource.IndexStore(store - 1);

    private bool Holds(SimulatedResource point)
        => Store == point.Store && IsRange && !point.IsRange
            && From <= point.From && point.From < To;
}
