using Memento.Tests.Conformance;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Transactions;

namespace Memento.Tests.TwoPhase;

/// <summary>Where a test stands: in a silo, or in a client.</summary>
internal sealed class Desk(IServiceProvider services)
{
    public IMemento Memento { get; } = services.GetRequiredService<IMemento>();

    public IGrainFactory Grains { get; } = services.GetRequiredService<IGrainFactory>();

    public ITransactionClient Transactions { get; } =
        services.GetRequiredService<ITransactionClient>();

    public IWallet Wallet(int key) => Grains.GetGrain<IWallet>($"{key}");

    /// <summary>
    /// Calls a grain outside a body of ours until it has not lost a conflict: Memento does not do
    /// it again then.
    /// </summary>
    public static async Task<T> AgainAsync<T>(Func<Task<T>> call)
    {
        T answer = default!;
        await Waiting.UntilAsync(
            async () =>
            {
                try
                {
                    answer = await call().Within();
                    return true;
                }
                catch (OrleansTransactionAbortedException lost) when (
                    lost is OrleansTransactionTransientFailureException
                    || lost.InnerException is TransactionConflictException)
                {
                    return false;
                }
            },
            "the call loses no conflict any more");
        return answer;
    }

    /// <inheritdoc cref="AgainAsync{T}"/>
    public static Task AgainAsync(Func<Task> call)
        => AgainAsync(async () =>
        {
            await call();
            return true;
        });

    /// <summary>What the wallet and the record of a key have, in one transaction.</summary>
    public async Task<(long State, long Record)> ReadAsync(
        int key, Parts parts, TransactionOptions? options = null)
        => await Memento.TransactionAsync(tx => ReadAsync(tx, key, parts), options).Within();

    /// <inheritdoc cref="ReadAsync(int, Parts, TransactionOptions?)"/>
    public async Task<(long State, long Record)> ReadAsync(ITransaction tx, int key, Parts parts)
        => (
            parts.HasStates() ? await Wallet(key).ReadAsync() : 0,
            parts.HasRecords() ? await Money.ReadAsync(tx, key, parts.AreOnDisk()) : 0);

    /// <summary>Adds to the wallet and to the record of a key.</summary>
    public async Task AddAsync(ITransaction tx, int key, Parts parts, long amount = 1)
    {
        if (parts.HasStates()) await Wallet(key).AddAsync(amount);
        if (parts.HasRecords()) await Money.AddAsync(tx, key, amount, parts.AreOnDisk());
    }

    /// <summary>The same as a transaction.</summary>
    public Task AddAsync(
        int key, Parts parts = Parts.States | Parts.Disk, TransactionOptions? options = null)
        => Memento.TransactionAsync(tx => AddAsync(tx, key, parts), options).Within();

    /// <summary>Reads as soon as what a fault has left is settled.</summary>
    public async Task<(long State, long Record)> ReadSoonAsync(int key)
    {
        (long State, long Record) read = default;
        await Waiting.UntilAsync(
            async () =>
            {
                try
                {
                    read = await ReadAsync(key, Parts.States | Parts.Disk);
                    return true;
                }
                catch (Exception exception) when (exception is OrleansException
                    or MementoException or TimeoutException)
                {
                    return false;
                }
            },
            $"both of {key} can be read again");
        return read;
    }
}
