namespace Memento.Leases;

/// <summary>How long a lease may last.</summary>
internal static class LeaseLimits
{
    /// <summary>Shorter ones would run out because a process pauses for its garbage.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
}
