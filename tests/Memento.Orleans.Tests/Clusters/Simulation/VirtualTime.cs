using System.Globalization;
using System.Runtime.ExceptionServices;

namespace Memento.Tests.Clusters.Simulation;

/// <summary>
/// The time of a schedule, and what happens when. Everything runs on the thread that calls
/// <see cref="RunUntil"/>: nothing waits for the clock of the machine.
/// </summary>
/// <param name="words">Where events are told in words; null: nowhere.</param>
internal sealed class VirtualTime(List<string>? words) : SynchronizationContext
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly PriorityQueue<Action, (long At, long Order)> _events = new();
    private long _order;
    private Exception? _failure;

    /// <summary>In ticks of <see cref="TimeSpan"/>.</summary>
    public long Now { get; private set; }

    public int Steps { get; private set; }

    public bool IsTold => words is not null;

    public static long Milliseconds(double count) => (long)(count * TimeSpan.TicksPerMillisecond);

    public void Tell(string what)
        => words?.Add(string.Create(
            CultureInfo.InvariantCulture, $"{(double)Now / Milliseconds(1),9:0.00}  {what}"));

    public void After(long delay, Action happens)
    {
        if (Environment.CurrentManagedThreadId != _thread)
            Environment.FailFast("A schedule left its thread.");
        _events.Enqueue(happens, (Now + delay, _order++));
    }

    /// <summary>What follows a wait happens on the thread of the schedule too.</summary>
    public override void Post(SendOrPostCallback d, object? state) => After(0, () => d(state));

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Begins work that waits; if it fails, the schedule does.</summary>
    public async void Go(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception exception)
        {
            _failure ??= exception;
        }
    }

    /// <summary>Lets one event after the other happen. False: there were too many.</summary>
    public bool RunUntil(Func<bool> isOver, int mostSteps)
    {
        while (!isOver())
        {
            if (_failure is not null) ExceptionDispatchInfo.Throw(_failure);
            if (++Steps > mostSteps
                || !_events.TryDequeue(out Action? happens, out (long At, long) when))
            {
                return false;
            }

            Now = when.At;
            happens();
        }

        return true;
    }
}
