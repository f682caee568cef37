namespace Memento.Partitions;

/// <content>What it does while the silo may not rely on it.</content>
internal sealed partial class Partition
{
    /// <summary>Whether the lease of the silo says that another one has taken it.</summary>
    public bool IsLost => Holding is { IsLost: true };

    /// <summary>
    /// Checks, after an operation has read, that no other silo may have changed what it has read.
    /// </summary>
    /// <exception cref="TransactionConflictException">
    /// The lease of the silo has run out meanwhile.
    /// </exception>
    /// <exception cref="PartitionClosedException">Another silo has taken it.</exception>
    private void RequireHeld()
    {
        if (Holding is not { Stands: false } holding) return;

        ThrowIfLost();
        holding.Lease.TryStall();
        throw LeaseErrors.LeaseRanOut(this);
    }

    private void ThrowIfLost()
    {
        if (IsLost) throw new PartitionClosedException(_closed ?? LeaseErrors.LeaseRanOut(this));
    }

    /// <summary>
    /// Waits until the lease of the silo is renewed, and begins the operation then, after the
    /// earlier operations of its transaction that wait for the same.
    /// </summary>
    private async Task<TResult> StallAndExecuteAsync<TResult>(
        PartitionTransaction transaction,
        Operation<TResult> operation,
        Savepoint? savepoint,
        CancellationToken cancellationToken)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task? earlier;
        lock (_gate)
        {
            earlier = transaction.Stalled;
            transaction.Stalled = begun.Task;
        }

        ValueTask<TResult> executing;
        try
        {
            if (earlier is not null)
                await WaitAsync(earlier, transaction, cancellationToken).ConfigureAwait(false);
            while (Holding!.Lease is { IsStalled: true } lease)
            {
                Task renewed = lease.Renewed;
                if (lease.IsValid) break;
                await WaitAsync(renewed, transaction, cancellationToken).ConfigureAwait(false);
            }

            ThrowIfLost();
            executing = BeginAsync(transaction, operation, savepoint, cancellationToken);
        }
        finally
        {
            lock (_gate)
            {
                if (transaction.Stalled == begun.Task) transaction.Stalled = null;
            }

            begun.SetResult();
        }

        return await executing.ConfigureAwait(false);
    }

    private async Task WaitAsync(
        Task awaited, PartitionTransaction transaction, CancellationToken cancellationToken)
    {
        TimeSpan remaining = time.GetElapsedTime(time.GetTimestamp(), transaction.Header.Deadline);
        try
        {
            if (remaining <= TimeSpan.Zero) throw new TimeoutException();
            await awaited.WaitAsync(remaining, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw LeaseErrors.TimedOutInStall(this, transaction.TransactionId);
        }
    }
}
