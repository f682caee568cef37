using System.Diagnostics.CodeAnalysis;

namespace Memento.Invariants;

/// <summary>
/// Checks of invariants, in release builds too: code with a wrong count must stop, and not guess.
/// </summary>
internal static class Invariant
{
    /// <exception cref="BrokenInvariantException">The condition does not hold.</exception>
    public static void Holds([DoesNotReturnIf(false)] bool condition, string what)
    {
        if (!condition) Fail(what);
    }

    [DoesNotReturn]
    private static void Fail(string what) => throw new BrokenInvariantException(what);
}

/// <summary>
/// An invariant is broken, which is a bug of Memento. A partition that finds it ends
/// (<c>Partition.Break</c>); a journal, or half of a commit, stops the process; anywhere else the
/// caller gets it.
/// </summary>
internal sealed class BrokenInvariantException(string what)
    : Exception($"What must always hold does not: {what}. This is a bug of Memento; report it.");
