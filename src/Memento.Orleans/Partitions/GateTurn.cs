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
    /// How long it may take, from its first few steps on. It looks at the clock after every few.
    /// </summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMicroseconds(200);

    private readonly TimeProvider _time;
    private readonly int _most;
    private readonly TimeSpan _longest;
    private long _started;
    private int _steps;

    /// <param name="time">The clock of the partition.</param>
    public GateTurn(TimeProvider time)
        : this(time, MostSteps, Longest)
    {
    }

    private GateTurn(TimeProvider time, int most, TimeSpan longest)
        => (_time, _most, _longest) = (time, most, longest);

    /// <summary>A turn of steps that are far cheaper than to read a record.</summary>
    public static GateTurn OfSmallSteps(TimeProvider time) => new(time, Few * MostSteps, Longest);

    /// <summary>
    /// A turn of an operation that has to find several places again after a pause. It is longer, so
    /// that the searches do not take longer than the steps.
    /// </summary>
    public static GateTurn With(TimeProvider time, int places)
        => new(time, MostSteps + (Few * (places - 1)), Longest * (1 + ((places - 1) / Few)));

    /// <summary>Counts a step; true: it was the last one of the turn.</summary>
    public bool EndsWithStep()
    {
        _steps++;
        if (_steps == _most) return true;
        if (_steps % Few != 0) return false;
        if (_steps > Few) return _time.GetElapsedTime(_started) > _longest;

        // Most operations end before, and need no clock.
        _started = _time.GetTimestamp();
        return false;
    }
}
