using Memento.Snapshots;

namespace Memento.Silos.Snapshots;

/// <summary>
/// Lets one cut over several silos after the other: two at once would each close some silos and
/// wait for the rest. The silo with the least address gives the turns; whoever sees another one as
/// the least meets others, and tries again.
/// </summary>
internal sealed class CutTurns(TimeProvider time)
{
    /// <summary>
    /// How long a turn lasts at the most: whoever has it may be dead, or have lost a message.
    /// </summary>
    public static readonly TimeSpan Longest = SnapshotLimits.LongestClosed * 2;

    private readonly Lock _gate = new();
    private readonly LinkedList<Turn> _queue = [];
    private Guid? _having;

    /// <summary>The silo that gives the turns.</summary>
    public static SiloAddress GiverAmong(IEnumerable<SiloAddress> silos) => silos.Min()!;

    /// <summary>Waits for the turn of a cut.</summary>
    public Task WaitAsync(Guid cut)
    {
        var turn = new Turn(cut);
        lock (_gate)
        {
            _queue.AddLast(turn);
            GiveNext();
        }

        return turn.Given.Task;
    }

    /// <summary>Ends the turn of a cut, or its wait.</summary>
    public void End(Guid cut)
    {
        lock (_gate)
        {
            if (_having == cut)
            {
                _having = null;
            }
            else if (_queue.FirstOrDefault(each => each.Cut == cut) is { } waiting)
            {
                // Nobody waits for the answer any more.
                _queue.Remove(waiting);
                waiting.Given.SetResult();
            }

            GiveNext();
        }
    }

    private void GiveNext()
    {
        if (_having is not null || _queue.First is not { } first) return;

        _queue.RemoveFirst();
        _having = first.Value.Cut;
        first.Value.Given.SetResult();
        _ = EndLaterAsync(first.Value.Cut);
    }

    private async Task EndLaterAsync(Guid cut)
    {
        await Task.Delay(Longest, time).ConfigureAwait(false);
        End(cut);
    }

    private sealed record Turn(Guid Cut)
    {
        public TaskCompletionSource Given { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
