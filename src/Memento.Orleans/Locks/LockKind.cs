using System.Numerics;
using System.Runtime.CompilerServices;
using Memento.Invariants;

namespace Memento.Locks;

/// <summary>
/// The kind of a lock. A holder has a set of kinds: a reader of a whole partition that writes a
/// part of it has <c>Read | IntentionWrite</c>.
/// </summary>
[Flags]
internal enum LockKind : byte
{
    None = 0,

    /// <summary>On a partition: its holder reads some records, and locks each of them.</summary>
    IntentionRead = 1,

    /// <summary>On a partition: its holder writes some records, and locks each of them.</summary>
    IntentionWrite = 2,

    /// <summary>No other owner writes.</summary>
    Read = 4,

    /// <summary>No other owner reads or writes.</summary>
    Write = 8,
}

/// <summary>
/// The rules of lock kinds: which kinds conflict, and which kinds include others.
/// </summary>
internal static class LockKinds
{
    public const int Count = 4;

    public const LockKind All =
        LockKind.IntentionRead | LockKind.IntentionWrite | LockKind.Read | LockKind.Write;

    private const byte Ir = (byte)LockKind.IntentionRead;
    private const byte Iw = (byte)LockKind.IntentionWrite;
    private const byte R = (byte)LockKind.Read;
    private const byte W = (byte)LockKind.Write;

    // Indexed by a set of kinds: IR is bit 0, IW bit 1, R bit 2, W bit 3.
    private static ReadOnlySpan<byte> Conflicts =>
    [
        0,                     // none
        W,                     // IR
        R | W,                 // IW
        R | W,                 // IR IW
        Iw | W,                // R
        Iw | W,                // IR R
        Iw | R | W,            // IW R
        Iw | R | W,            // IR IW R
        (byte)All, (byte)All, (byte)All, (byte)All, // W with anything
        (byte)All, (byte)All, (byte)All, (byte)All,
    ];

    private static ReadOnlySpan<byte> Covered =>
    [
        0,                     // none
        Ir,                    // IR
        Ir | Iw,               // IW
        Ir | Iw,               // IR IW
        Ir | R,                // R
        Ir | R,                // IR R
        Ir | Iw | R,           // IW R
        Ir | Iw | R,           // IR IW R
        (byte)All, (byte)All, (byte)All, (byte)All, // W with anything
        (byte)All, (byte)All, (byte)All, (byte)All,
    ];

    /// <summary>
    /// The kinds that no other owner may hold beside these. The relation is symmetric.
    /// </summary>
    public static LockKind ConflictsOf(LockKind kinds) => (LockKind)Conflicts[(int)kinds];

    public static bool Conflict(LockKind left, LockKind right) => (ConflictsOf(left) & right) != 0;

    /// <summary>
    /// Whether the held kinds include a kind. Kinds that include it conflict with everything that
    /// it conflicts with.
    /// </summary>
    public static bool Cover(LockKind held, LockKind kind)
        => (kind & ~(LockKind)Covered[(int)held]) == 0;
}

/// <summary>
/// How many owners have each kind of lock, so that a check for conflicts costs the same for one
/// holder and for a thousand.
/// </summary>
[InlineArray(LockKinds.Count)]
internal struct KindCounts
{
    private int _first;

    /// <summary>The kinds that at least one owner has.</summary>
    public readonly LockKind Present
    {
        get
        {
            LockKind present = LockKind.None;
            for (int kind = 0; kind < LockKinds.Count; kind++)
            {
                if (this[kind] > 0) present |= (LockKind)(1 << kind);
            }

            return present;
        }
    }

    public void Add(LockKind kinds)
    {
        for (uint rest = (uint)kinds; rest != 0; rest &= rest - 1)
            this[BitOperations.TrailingZeroCount(rest)]++;
    }

    public void Remove(LockKind kinds)
    {
        for (uint rest = (uint)kinds; rest != 0; rest &= rest - 1)
        {
            int left = --this[BitOperations.TrailingZeroCount(rest)];
            Invariant.Holds(left >= 0, "a kind is counted once for each that has it");
        }
    }

    /// <summary>
    /// Whether an owner besides the owner of <paramref name="own"/> has one of these kinds.
    /// </summary>
    public readonly bool OthersHave(LockKind kinds, LockKind own)
    {
        for (uint rest = (uint)kinds; rest != 0; rest &= rest - 1)
        {
            int kind = BitOperations.TrailingZeroCount(rest);
            int mine = ((int)own >> kind) & 1;
            if (this[kind] > mine) return true;
        }

        return false;
    }
}
