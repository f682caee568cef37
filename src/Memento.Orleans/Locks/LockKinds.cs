namespace Memento.Locks;

/// <summary>Which kinds of lock keep each other out, and which make another needless.</summary>
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

    /// <summary>The kinds that no other owner may hold beside these. Symmetric.</summary>
    public static LockKind ConflictsOf(LockKind kinds) => (LockKind)Conflicts[(int)kinds];

    public static bool Conflict(LockKind left, LockKind right) => (ConflictsOf(left) & right) != 0;

    /// <summary>
    /// Whether a holder of these needs nothing more for that. What covers a kind also conflicts
    /// with all that the kind conflicts with.
    /// </summary>
    public static bool Cover(LockKind held, LockKind kind)
        => (kind & ~(LockKind)Covered[(int)held]) == 0;
}
