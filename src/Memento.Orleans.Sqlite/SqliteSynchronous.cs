namespace Memento;

/// <summary>When SQLite waits for the disk.</summary>
public enum SqliteSynchronous
{
    /// <summary>
    /// Every batch is on the disk before its transactions are acknowledged: they survive a power
    /// loss.
    /// </summary>
    Full = 0,

    /// <summary>
    /// The disk is waited for now and then only. Faster, but what was acknowledged last may be gone
    /// after a power loss or a crash of the operating system; a crash of the process loses nothing,
    /// and the file stays sound either way.
    /// </summary>
    Normal = 1,
}
