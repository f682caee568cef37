namespace Memento.Tests.Chaos;

/// <summary>What runs in a cluster while faults happen, and what must hold of it.</summary>
internal interface IChaosLoad
{
    /// <summary>How many transactions are committed.</summary>
    int Committed { get; }

    Task FillAsync();

    /// <summary>Starts its workers, which run until they are ended.</summary>
    IEnumerable<Task> Start(CancellationToken ending);

    /// <summary>Waits until each kind of its work goes on.</summary>
    Task UntilItGoesOnAsync();

    /// <summary>What was wrong, after the end of all work.</summary>
    Task<IReadOnlyList<string>> CheckAsync();

    /// <summary>What it has done, for people.</summary>
    string ToString();
}
