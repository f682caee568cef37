namespace Memento.Snapshots;

/// <summary>
/// Takes one after the other. Those who ask while one is being taken share the next one: the one
/// under way may be of a moment before something was acknowledged that they know. One that takes
/// long, because a message was lost for example, does not keep the next one waiting.
/// </summary>
/// <param name="take">
/// Takes one that lives as long as the first argument says, for as many readers as the second.
/// </param>
/// <param name="leave">One of its readers has ended.</param>
/// <param name="time">The clock.</param>
internal sealed class SharedTaking<TTaken>(
    Func<TimeSpan, int, Task<TTaken>> take, Action<TTaken> leave, TimeProvider time)
{
    /// <summary>How long the next one waits for the one under way.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private Task? _running;
    private Waiting? _next;

    /// <summary>Takes one that lives at least that long, or shares it.</summary>
    /// <exception cref="OperationCanceledException">
    /// The token was cancelled first. What is taken for the others is left.
    /// </exception>
    public async Task<TTaken> TakeAsync(TimeSpan maxAge, CancellationToken cancellationToken)
    {
        Task<TTaken> taking = JoinNext(maxAge);
        try
        {
            return await taking.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LeaveLaterAsync(taking).Ignore();
            throw;
        }
    }

    private Task<TTaken> JoinNext(TimeSpan maxAge)
    {
        lock (_gate)
        {
            _next ??= new Waiting();
            _next.Add(maxAge);
            if (_running is null)
            {
                // What flows with the first caller is not the others'.
                using (ExecutionContext.SuppressFlow())
                    _running = Task.Run(RunAsync);
            }

            return _next.Taken;
        }
    }

    private async Task RunAsync()
    {
        while (StartNext() is { } round)
        {
            Task taking = TakeAsync(round);
            if (taking.IsCompleted) continue;

            using var waiting = new CancellationTokenSource();
            await Task.WhenAny(taking, Task.Delay(Patience, time, waiting.Token))
                .ConfigureAwait(false);
            await waiting.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task TakeAsync(Waiting round)
    {
        try
        {
            round.Complete(await take(round.MaxAge, round.Readers).ConfigureAwait(false));
        }
        catch (Exception error)
        {
            round.Fail(error);
        }
    }

    private Waiting? StartNext()
    {
        lock (_gate)
        {
            Waiting? round = _next;
            _next = null;
            if (round is null) _running = null;
            return round;
        }
    }

    private async Task LeaveLaterAsync(Task<TTaken> taking)
        => leave(await taking.ConfigureAwait(false));

    /// <summary>Those who wait for the next one.</summary>
    private sealed class Waiting
    {
        private readonly TaskCompletionSource<TTaken> _taken =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<TTaken> Taken => _taken.Task;

        public TimeSpan MaxAge { get; private set; }

        public int Readers { get; private set; }

        public void Add(TimeSpan maxAge)
        {
            Readers++;
            if (maxAge > MaxAge) MaxAge = maxAge;
        }

        public void Complete(TTaken taken) => _taken.SetResult(taken);

        public void Fail(Exception error) => _taken.SetException(error);
    }
}
