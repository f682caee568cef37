using System.Reflection;
using Memento.Messages;
using Memento.Participants;
using Memento.Partitions;
using Memento.Tables;
using Memento.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Memento;

/// <content>Where records are, and what is left of a test.</content>
public sealed partial class MementoTestCluster
{
    private static readonly TimeSpan LongestMove = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long locks may last before a test is told of them: the time limit of a transaction, and
    /// a half of it again.
    /// </summary>
    private static readonly TimeSpan LongestUse = TimeSpan.FromSeconds(45);

    /// <summary>The open partitions of all silos.</summary>
    internal IEnumerable<Partition> Partitions
        => Silos.SelectMany(static silo => silo.Directory.All);

    private TableRegistry Tables => First.Services.GetRequiredService<TableRegistry>();

    /// <summary>The number of the partition that a record is in.</summary>
    /// <param name="key">The key, of the key property's own type.</param>
    /// <exception cref="ArgumentException">The key is of another type.</exception>
    public int PartitionOf<T>(object key)
        where T : class
    {
        TableDefinition table = Tables.Get<T>();
        return table.PartitionOf(table.KeyCodec.EncodeArgument(key));
    }

    /// <summary>
    /// The silo that has the record of a key, or would have it. Its partition is opened first.
    /// </summary>
    /// <param name="key">The key, of the key property's own type.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The key is of another type.</exception>
    public async Task<TestSilo> SiloOfAsync<T>(
        object key, CancellationToken cancellationToken = default)
        where T : class
    {
        SiloAddress address = await SiloOfAsync(
            GrainOf<T>(PartitionOf<T>(key)), cancellationToken);
        return Silos.FirstOrDefault(silo => silo.Address.Equals(address))
            ?? throw new InvalidOperationException(
                $"The partition of {key} is in {address}, which has stopped since. Ask again.");
    }

    /// <summary>
    /// Finds keys whose records are in a silo. With keys of two silos, a test has a transaction
    /// that spans both. If the silo has no partition of the table, as happens by chance where a
    /// table has few, one is moved there.
    /// </summary>
    /// <param name="silo">One of <see cref="Silos"/>.</param>
    /// <param name="count">How many keys.</param>
    /// <param name="key">Makes the key of a number, from 0 on.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="InvalidOperationException">There are not as many.</exception>
    public async Task<IReadOnlyList<TKey>> KeysInAsync<T, TKey>(
        TestSilo silo,
        int count,
        Func<int, TKey> key,
        CancellationToken cancellationToken = default)
        where T : class
        where TKey : notnull
    {
        const int MostTries = 10_000;
        ArgumentNullException.ThrowIfNull(key);
        Require(silo);
        await EnsurePartitionAsync<T>(silo, cancellationToken);
        List<TKey> keys = [];
        for (int i = 0; i < MostTries && keys.Count < count; i++)
        {
            TKey candidate = key(i);
            if (await SiloOfAsync<T>(candidate, cancellationToken) == silo) keys.Add(candidate);
        }

        return keys.Count == count
            ? keys
            : throw new InvalidOperationException(
                $"Of {MostTries} keys of {typeof(T).Name}, {keys.Count} are in {silo}, and {count} "
                + "were asked for. Let the function give more keys that differ, or move a "
                + "partition there with MovePartitionAsync.");
    }

    private async Task EnsurePartitionAsync<T>(
        TestSilo silo, CancellationToken cancellationToken)
        where T : class
    {
        List<(int Number, SiloAddress Silo)> partitions = [];
        for (int number = 0; number < Tables.Get<T>().PartitionCount; number++)
        {
            partitions.Add((number, await SiloOfAsync(GrainOf<T>(number), cancellationToken)));
            if (partitions[^1].Silo.Equals(silo.Address)) return;
        }

        int moved = partitions.GroupBy(static each => each.Silo)
            .MaxBy(static group => group.Count())!.Last().Number;
        await MovePartitionAsync<T>(moved, silo, cancellationToken);
    }

    /// <summary>
    /// Moves a partition to a silo, with its records, by the way that it goes when a silo joins.
    /// It stays there, whatever silos join and leave, as long as that silo serves.
    /// </summary>
    /// <param name="partition">Its number, see <see cref="PartitionOf"/>.</param>
    /// <param name="silo">One of <see cref="Silos"/>.</param>
    /// <param name="cancellationToken">Ends the wait; the partition may still move.</param>
    /// <exception cref="TimeoutException">
    /// It did not move in a minute. A transaction that commits holds it up.
    /// </exception>
    public async Task MovePartitionAsync<T>(
        int partition, TestSilo silo, CancellationToken cancellationToken = default)
        where T : class
    {
        Require(silo);
        TableDefinition table = Tables.Get<T>();
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(partition, table.PartitionCount);
        _pins.Pin(table.Name, partition, silo.Address);
        IIndexGrain grain = GrainOf<T>(partition);
        await Polling.UntilAsync(
            async () =>
            {
                try
                {
                    SiloAddress where = await SiloOfAsync(grain, cancellationToken);
                    if (where.Equals(silo.Address)) return true;
                    await grain.MoveAsync(where).WaitAsync(cancellationToken);
                }
                catch (OrleansMessageRejectionException)
                {
                    // It has moved while the message was forwarded, and Orleans has given up.
                }

                return false;
            },
            LongestMove,
            () => $"partition {partition} of table '{table.Name}' moves to {silo}",
            cancellationToken);
    }

    /// <summary>Waits until no transaction runs, and nothing is locked, in any silo.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">
    /// Something is left after 45 s; the error says what. A transaction of the test has not ended,
    /// say because a task of it was not awaited.
    /// </exception>
    public Task UntilIdleAsync(CancellationToken cancellationToken = default)
        => Polling.UntilAsync(
            () => Task.FromResult(
                Partitions.All(static partition => partition.IsIdle())
                && ServicesOfAll().All(static services => services
                    .GetRequiredService<TransactionRegistry>().RunningCount == 0)),
            LongestUse,
            () => "no transaction runs, and nothing is locked. Await what the test has begun. "
                + "There is " + string.Join(", ", ServicesOfAll().Select(static services => services
                    .GetRequiredService<IMementoDiagnostics>().Describe().ToJson())),
            cancellationToken);

    /// <summary>
    /// Leaves the next test an empty store: ends all faults, waits until no transaction runs and
    /// nothing is locked, makes tables again that were deleted, and removes all records.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">
    /// A transaction of the last test has not ended, see <see cref="UntilIdleAsync"/>.
    /// </exception>
    /// <remarks>
    /// Silos and partitions stay where they are, added and removed indexes too, and numbers of
    /// auto-increment tables go on.
    /// </remarks>
    public async Task ResetAsync(CancellationToken cancellationToken = default)
    {
        EndFaults();
        await UntilIdleAsync(cancellationToken);
        ITables tables = First.Memento.Tables;
        await Task.WhenAll(Tables.Tables.Select(table => typeof(MementoTestCluster)
            .GetMethod(nameof(EmptyAsync), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(table.RecordType)
            .CreateDelegate<Func<ITables, CancellationToken, Task>>()(tables, cancellationToken)));
    }

    private static async Task EmptyAsync<T>(ITables tables, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            await tables.ClearAsync<T>(cancellationToken);
        }
        catch (TableNotFoundException)
        {
            await tables.CreateAsync<T>(cancellationToken);
        }
    }

    private static async Task<SiloAddress> SiloOfAsync(
        IIndexGrain grain, CancellationToken cancellationToken)
    {
        OpenResponse opened = await grain.OpenAsync(TimeProvider.System, cancellationToken);
        return opened.Error is null ? opened.Silo! : throw opened.Error;
    }

    private IIndexGrain GrainOf<T>(int partition)
        where T : class
        => First.Services.GetRequiredService<IGrainFactory>()
            .GetGrain<IIndexGrain>(IndexGrainKey.Of(Tables.Get<T>().Name, partition));

    private IEnumerable<IServiceProvider> ServicesOfAll()
        => Silos.Select(static silo => silo.Services).Concat(_clients
            .Where(static client => !client.IsDisposed)
            .Select(static client => client.Services));
}
