using System.Numerics;
using System.Runtime.CompilerServices;

namespace Memento.Locks;

/// <summary>
/// How many have each kind of lock, so that "does anybody conflict?" costs the same for one holder
/// and for a thousand.
/// </summary>
[InlineArray(LockKinds.Count)]
internal struct KindCounts
{
    private int _first;

    /// <summary>The kinds that anybody has.</summary>
    public readonly LockKind Present
    {
        get
        {
            LockKind present = LockKind.None;
            for (int kind = 0; kind < LockKinds.Count; kind++)
            {
                if (this[kind] > 0)
                    present |= (LockKind)(1 << kind);
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
            LockAssert.Holds(left >= 0, "a kind is counted once for each that has it");
        }
    }

    /// <summary>
    /// Whether anybody besides the owner of <paramref name="own"/> has one of these.
    /// </summary>
    public readonly bool OthersHave(LockKind kinds, LockKind own)
    {
        for (uint rest = (uint)kinds; rest != 0; rest &= rest - 1)
        {
            int kind = BitOperations.TrailingZeroCount(rest);
            int mine = ((int)own >> kind) & 1;
            if (this[kind] > mine)
                return true;
        }

        return false;
    }
}
