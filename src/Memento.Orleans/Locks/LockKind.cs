namespace Memento.Locks;

/// <summary>
/// What a lock is for. A holder has a set of these: to read all of a partition and write some of it
/// is <c>Read | IntentionWrite</c>.
/// </summary>
[Flags]
internal enum LockKind : byte
{
    None = 0,

    /// <summary>Of a partition: its holder reads some records, and locks each.</summary>
    IntentionRead = 1,

    /// <summary>Of a partition: its holder writes some records, and locks each.</summary>
    IntentionWrite = 2,

    /// <summary>Nobody else writes.</summary>
    Read = 4,

    /// <summary>Nobody else reads or writes.</summary>
    Write = 8,
}
