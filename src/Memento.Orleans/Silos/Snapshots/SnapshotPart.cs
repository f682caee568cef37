namespace Memento.Silos.Snapshots;

/// <summary>What this silo has of a snapshot.</summary>
/// <param name="id">The snapshot.</param>
/// <param name="stamp">Its stamp.</param>
/// <param name="maxAge">How long it lives at the most.</param>
/// <param name="reader">The silo that reads it.</param>
/// <param name="takenAt">When it was taken, as a timestamp of the time provider.</param>
internal sealed class SnapshotPart(
    Guid id, long stamp, TimeSpan maxAge, SiloAddress reader, long takenAt)
{
    private string? _ended;

    public Guid Id { get; } = id;

    public long Stamp { get; } = stamp;

    public TimeSpan MaxAge { get; } = maxAge;

    public SiloAddress Reader { get; } = reader;

    public long TakenAt { get; } = takenAt;

    /// <summary>The cut that it shows.</summary>
    public required long Cut { get; init; }

    /// <summary>Why it has ended; null: it has not.</summary>
    public string? Ended => Volatile.Read(ref _ended);

    /// <summary>Ends it; false: it had ended before, and its reason stays.</summary>
    public bool TryEnd(string reason)
        => Interlocked.CompareExchange(ref _ended, reason, null) is null;

    /// <exception cref="SnapshotEndedException">It has ended.</exception>
    public void ThrowIfEnded()
    {
        if (Ended is { } reason) throw new SnapshotEndedException(reason);
    }
}
