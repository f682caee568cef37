using Memento.Tests.Conformance;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.TwoPhase;

/// <summary>Where a test stands: in a silo, or in a client.</summary>
internal sealed class TillDesk(IServiceProvider services)
{
    public IMemento Memento { get; } = services.GetRequiredService<IMemento>();

    public ITill Till(int key)
        => services.GetRequiredService<IGrainFactory>().GetGrain<ITill>($"{key}");

    /// <summary>What the till and the record of a key have, in one transaction.</summary>
    public async Task<(long Till, long Record)> ReadAsync(int key, bool isOnDisk)
        => await Memento.TransactionAsync(async tx =>
            (await Till(key).ReadAsync(), await Money.ReadAsync(tx, key, isOnDisk))).Within();

    /// <summary>Adds 1 to the till and to the record of a key.</summary>
    public Task AddToBothAsync(int key, bool isOnDisk = true, TransactionOptions? options = null)
        => Memento.TransactionAsync(
            async tx =>
            {
                await Till(key).AddAsync(1);
                await Money.AddAsync(tx, key, 1, isOnDisk);
            },
            options).Within();

    /// <summary>Reads as soon as what a fault has left is settled.</summary>
    public async Task<(long Till, long Record)> ReadSoonAsync(int key)
    {
        (long Till, long Record) read = default;
        await Waiting.UntilAsync(
            async () =>
            {
                try
                {
                    read = await ReadAsync(key, isOnDisk: true);
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
