using Memento.Messages;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Memento.Tests.Faults;

namespace Memento.Tests.Clusters;

/// <summary>
/// A body uses a partition of another silo, which moves to the silo of the body while a message of
/// the transaction is on its way to it. So the message comes back to the silo that has sent it, and
/// that must not wait for itself.
/// </summary>
public sealed class ComesHomeTests
{
    private const int Id = 1;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_commit_that_comes_home_ends_and_its_body_runs_again(bool spansSilos)
    {
        var stop = new CommitStop();
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await StartAsync(place, stop);
        await cluster.MoveAsync<DiskAccount>(Id, cluster.Silos[2]);
        int attempts = 0;
        stop.Next = async commit =>
        {
            await cluster.MoveAsync<RamAccount>(Id, cluster.Silos[0]);
            Task committing = commit.Invoke();

            // This waits for the answers to all messages that the partition has got.
            await cluster.MoveAsync<RamAccount>(Id, cluster.Silos[1]);
            await committing;
        };

        await cluster.Silos[0].Memento.TransactionAsync(async tx =>
        {
            attempts++;
            await AddAsync<RamAccount>(tx);
            if (spansSilos) await AddAsync<DiskAccount>(tx);
        }).Within();

        Assert.Equal(2, attempts);
        await AssertAsync(cluster, ram: 1, disk: spansSilos ? 1 : 0);
    }

    [Fact]
    public async Task An_undoing_that_comes_home_ends_and_the_body_runs_again()
    {
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await StartAsync(place, new CommitStop());
        int attempts = 0;

        await cluster.Silos[0].Memento.TransactionAsync(async tx =>
        {
            attempts++;
            await tx.TryNestedAsync(async inner =>
            {
                await AddAsync<RamAccount>(inner);
                if (attempts == 1) await cluster.MoveAsync<RamAccount>(Id, cluster.Silos[0]);
                inner.Abort();
            });
            await tx.WriteAsync(new DiskAccount { Id = Id, Balance = attempts });
        }).Within();

        Assert.Equal(2, attempts);
        await AssertAsync(cluster, ram: 0, disk: 2);
    }

    /// <summary>Silos whose records are in the second one.</summary>
    private static async Task<SiloCluster> StartAsync(MemoryUnderTest place, CommitStop stop)
    {
        SiloCluster cluster = await SiloCluster.StartAsync(
            3,
            static memento => memento.AddTable<RamAccount>().AddTable<DiskAccount>(),
            place,
            silo => silo.AddOutgoingGrainCallFilter(stop));
        await cluster.MoveAsync<RamAccount>(Id, cluster.Silos[1]);
        await cluster.MoveAsync<DiskAccount>(Id, cluster.Silos[1]);
        await cluster.Silos[0].Memento.TransactionAsync(static async tx =>
        {
            await tx.WriteAsync(new RamAccount { Id = Id });
            await tx.WriteAsync(new DiskAccount { Id = Id });
        }).Within();
        return cluster;
    }

    private static async Task AddAsync<T>(ITransaction tx)
        where T : class
    {
        switch (await tx.ReadAsync<T>(Id, LockMode.Write))
        {
            case RamAccount ram:
                await tx.WriteAsync(ram with { Balance = ram.Balance + 1 });
                break;
            case DiskAccount disk:
                await tx.WriteAsync(disk with { Balance = disk.Balance + 1 });
                break;
        }
    }

    private static async Task AssertAsync(SiloCluster cluster, long ram, long disk)
    {
        IMemento memento = cluster.Silos[2].Memento;
        Assert.Equal(ram, (await memento.Table<RamAccount>().GetAsync(Id).Within())?.Balance);
        Assert.Equal(disk, (await memento.Table<DiskAccount>().GetAsync(Id).Within())?.Balance);
        await cluster.UntilIdleAsync();
    }

    /// <summary>Does something else with the next commit that is sent to a partition.</summary>
    private sealed class CommitStop : IOutgoingGrainCallFilter
    {
        private Func<IOutgoingGrainCallContext, Task>? _next;

        public Func<IOutgoingGrainCallContext, Task>? Next
        {
            set => Volatile.Write(ref _next, value);
        }

        public Task Invoke(IOutgoingGrainCallContext context)
            => context.InterfaceMethod.DeclaringType == typeof(IIndexGrain)
                && context.InterfaceMethod.Name == nameof(IIndexGrain.CommitAsync)
                && Interlocked.Exchange(ref _next, null) is { } next
                    ? next(context)
                    : context.Invoke();
    }
}
