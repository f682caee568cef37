using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Memento.Locks;

/// <summary>
/// Checks of invariants, in release builds too: a lock manager with a wrong count must stop, and
/// not guess.
/// </summary>
internal static class LockAssert
{
    public static void Holds([DoesNotReturnIf(false)] bool condition, string what)
    {
        if (!condition) Fail(what);
    }

    [DoesNotReturn]
    private static void Fail(string what)
        => throw new UnreachableException($"A lock manager's rule was broken: {what}.");
}
