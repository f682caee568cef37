namespace Memento;

/// <summary>How long a snapshot may be used.</summary>
public sealed record SnapshotOptions
{
    /// <summary>The longest <see cref="MaxAge"/>.</summary>
    public static readonly TimeSpan LongestMaxAge = TimeSpan.FromDays(1);

    /// <summary>
    /// How long the snapshot can be read at the most: more than zero and at most a day; 5 minutes
    /// by default. What is written meanwhile costs memory as long as an older snapshot lives.
    /// </summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(5);
}
