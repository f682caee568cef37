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
/// An invariant is broken, which is a bug of Memento. The error never leaves the store: the
/// partition that finds it ends (<c>Partition.Break</c>), and a journal or a commit stops the
/// process.
/// </summary>
internal sealed class BrokenInvariantException(string what)
    : Exception($"What must always hold does not: {what}. This is a bug of Memento; report it.");
