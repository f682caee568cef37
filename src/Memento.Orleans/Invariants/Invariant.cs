using System.Diagnostics.CodeAnalysis;

namespace Memento.Invariants;

/// <summary>
/// Checks of what must always hold, on in release too: what has lost count must stop and not guess.
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
/// What must always hold does not: a bug of Memento. Never leaves the store: the partition in which
/// it is seen ends (<c>Partition.Break</c>), and a journal or a commit stops the process.
/// </summary>
internal sealed class BrokenInvariantException(string what)
    : Exception($"What must always hold does not: {what}. This is a bug of Memento; report it.");
