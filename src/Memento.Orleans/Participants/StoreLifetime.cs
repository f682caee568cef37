using Orleans.Serialization;

namespace Memento.Participants;

/// <summary>
/// Whether the store of this process can be used. Before the start and after the end, Orleans' own
/// calls fail with unclear errors, such as a null reference.
/// </summary>
/// <param name="host">The host that it starts and stops with: "silo" or "client".</param>
internal sealed class StoreLifetime(string host)
{
    private volatile State _state = State.New;

    private enum State
    {
        New,
        Running,
        Stopped,
    }

    public void Start() => _state = State.Running;

    public void Stop() => _state = State.Stopped;

    /// <summary>Whether it can be used.</summary>
    public bool IsRunning => _state == State.Running;

    /// <exception cref="StoreUnavailableException">
    /// The store has not started, or has stopped.
    /// </exception>
    public void ThrowIfNotRunning()
    {
        if (_state == State.Running) return;

        throw new StoreUnavailableException(_state == State.New
            ? $"The {host} of this store has not started yet. Use the store after its host was "
                + "started (await host.StartAsync())."
            : $"The {host} of this store has stopped. Use the store only while its host runs.");
    }

    /// <summary>
    /// Whether an error says that a call did not reach a grain, or its answer did not return.
    /// </summary>
    /// <remarks>
    /// Where Orleans cannot find or make a grain, its error may have one of a library inside, such
    /// as the time-out of its grain directory, that no codec is for. Its caller in another process
    /// hears of the missing codec instead. A silo that stops cancels what it looks up for others.
    /// </remarks>
    /// <param name="error">The error of the call.</param>
    /// <param name="cancellationToken">What the caller itself cancels the call with.</param>
    public static bool IsUnreachable(
        Exception error, CancellationToken cancellationToken = default)
        => error is OrleansException or TimeoutException or ObjectDisposedException
                or CodecNotFoundException
            || (error is OperationCanceledException
                && !cancellationToken.IsCancellationRequested);

    /// <summary>Calls a grain that may be in another process.</summary>
    /// <exception cref="StoreUnavailableException">No silo answered.</exception>
    /// <exception cref="MementoException">The grain failed.</exception>
    public async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (IsUnreachable(error, cancellationToken))
        {
            if (Inside(error) is { } reason) throw reason;
            ThrowIfNotRunning();
            throw new StoreUnavailableException(
                $"A silo did not answer: {error.Message} Try again when one runs.", error);
        }
    }

    /// <inheritdoc cref="AskAsync{T}(Func{Task{T}}, CancellationToken)"/>
    public Task AskAsync(Func<Task> ask, CancellationToken cancellationToken)
        => AskAsync(() => DoAsync(ask), cancellationToken);

    /// <summary>
    /// Calls a grain for a transaction. If no silo answers, the transaction is run again.
    /// </summary>
    /// <exception cref="TransactionConflictException">No silo answered.</exception>
    /// <exception cref="StoreUnavailableException">
    /// The store of this process has stopped.
    /// </exception>
    public async Task<T> AskForAttemptAsync<T>(
        Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (IsUnreachable(error, cancellationToken))
        {
            if (Inside(error) is { } reason) throw reason;
            ThrowIfNotRunning();
            throw new TransactionConflictException(
                $"A silo did not answer: {error.Message} The transaction is run again while "
                + "attempts and time are left.",
                error);
        }
    }

    /// <inheritdoc cref="AskForAttemptAsync{T}(Func{Task{T}}, CancellationToken)"/>
    public Task AskForAttemptAsync(Func<Task> ask, CancellationToken cancellationToken)
        => AskForAttemptAsync(() => DoAsync(ask), cancellationToken);

    private static async Task<bool> DoAsync(Func<Task> ask)
    {
        await ask().ConfigureAwait(false);
        return true;
    }

    /// <summary>Our error inside an error of Orleans: a grain was reached, and failed.</summary>
    private static MementoException? Inside(Exception error)
    {
        for (Exception? each = error.InnerException; each is not null; each = each.InnerException)
        {
            if (each is MementoException ours) return ours;
        }

        return null;
    }
}
