namespace Memento;

/// <summary>What a lock keeps others from.</summary>
public enum LockMode
{
    /// <summary>Others may read, not write.</summary>
    Read = 0,

    /// <summary>Others may neither read nor write.</summary>
    Write = 1,
}
