using System.Diagnostics;

namespace Memento.Partitions;

/// <summary>
/// How much an operation does under the gate of its partition before it pauses and lets others in
/// (<see cref="LockTaker.Pause"/>), so that a long one keeps nobody waiting.
/// </summary>
internal struct GateTurn
{
    /// <summary>How many steps it may take, for example records that it reads.</summary>
    public const int MostSteps = 1_000;

    private const int Few = 16;

    /// <summary>
    /// How long it may take. It looks at the clock after every few steps.
    /// </summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMicroseconds(200);

    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly int _most;
    private readonly TimeSpan _longest;
    private int _steps;

    public GateTurn()
        : this(places: 1)
    {
    }

    /// <param name="places">
    /// How many places it has to find again after a pause. A turn is longer for many, so that the
    /// searches do not take longer than the steps.
    /// </param>
    public GateTurn(int places)
    {
        _most = MostSteps + (Few * (places - 1));
        _longest = Longest * (1 + ((places - 1) / Few));
    }

    /// <summary>Counts a step; true: it was the last one of the turn.</summary>
    public bool EndsWithStep()
    {
        _steps++;
        return _steps == _most
            || (_steps % Few == 0 && Stopwatch.GetElapsedTime(_started) > _longest);
    }
}
