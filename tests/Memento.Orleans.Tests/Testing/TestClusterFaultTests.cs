using Memento.Tests.Conformance;

namespace Memento.Tests.Testing;

/// <summary>The faults of storage and messages, as an application's tests use them.</summary>
public sealed class TestClusterFaultTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_storage_that_fails_keeps_nothing_and_works_again_afterwards(bool isSqlite)
    {
        using var folder = new TemporaryDirectory();
        await using MementoTestCluster cluster = await MementoTestCluster.StartAsync(memento =>
        {
            memento.AddTable<Booking>();
            if (isSqlite) memento.UseSqlite(folder.ConnectionString);
        });
        await BookAsync(cluster, 1);

        using (TestFault fault = cluster.Storage.Fail())
        {
            await Assert.ThrowsAsync<StorageException>(() => BookAsync(cluster, 2));
            Assert.True(fault.Hits > 0);
        }

        Assert.Equal(1, (await ReadAsync(cluster))?.Seats);
        await BookAsync(cluster, 3);
        await cluster.RestartSiloAsync().Within();
        Assert.Equal(3, (await ReadAsync(cluster))?.Seats);
    }

    [Fact]
    public async Task A_commit_that_stands_still_in_a_silo_that_is_killed_is_never_kept()
    {
        await using MementoTestCluster cluster = await StartAsync();
        await BookAsync(cluster, 1);
        TestSilo owner = await cluster.SiloOfAsync<Booking>(1);
        TestFault held = cluster.Storage.Hold();
        Task writing = BookAsync(cluster, 2, attempts: 1);
        await held.WhenHitAsync().Within();

        await cluster.KillSiloAsync(owner).Within();
        held.Dispose();

        await Assert.ThrowsAnyAsync<MementoException>(() => writing);
        Assert.Equal(1, (await ReadAsync(cluster))?.Seats);
        await cluster.UntilIdleAsync().Within();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_commit_whose_answer_is_lost_ends_as_the_storage_says_later(bool isKept)
    {
        await using MementoTestCluster cluster = await StartAsync();
        await BookAsync(cluster, 1);
        TestFault lost = cluster.Storage.LoseAnswers(isKept);
        Task writing = BookAsync(cluster, 2, attempts: 1);
        await lost.WhenHitAsync().Within();
        Assert.False(writing.IsCompleted);
        lost.Dispose();

        if (isKept)
            await writing.Within();
        else
            await Assert.ThrowsAsync<StorageException>(() => writing.Within());
        Assert.Equal(isKept ? 2 : 1, (await ReadAsync(cluster))?.Seats);
    }

    [Fact]
    public async Task A_slow_storage_keeps_a_commit_waiting_until_the_fault_ends()
    {
        await using MementoTestCluster cluster = await StartAsync();
        TestFault slow = cluster.Storage.Delay(TimeSpan.FromMinutes(10));
        Task writing = BookAsync(cluster, 2);
        await slow.WhenHitAsync().Within();
        Assert.False(writing.IsCompleted);
        slow.Dispose();
        await writing.Within();
    }

    [Fact]
    public async Task Calls_that_are_dropped_are_not_carried_out_and_go_through_afterwards()
    {
        await using MementoTestCluster cluster = await StartAsync();
        (TestSilo here, TestSilo there) = (cluster.Silos[0], cluster.Silos[1]);
        int id = (await cluster.KeysInAsync<Seat, int>(there, 1, static id => id))[0];

        TestFault dropped = cluster.Messages.Drop(here, there);
        await Assert.ThrowsAsync<TransactionConflictException>(() => SitAsync(here, id, 1));
        Assert.True(dropped.Hits > 0);
        dropped.Dispose();

        Assert.Null(await SeatAsync(there, id));
        await SitAsync(here, id, attempts: 1);
        Assert.Equal("Ada", (await SeatAsync(there, id))?.Holder);
    }

    [Fact]
    public async Task Answers_that_are_dropped_make_the_store_ask_again()
    {
        await using MementoTestCluster cluster = await StartAsync();
        (TestSilo here, TestSilo there) = (cluster.Silos[0], cluster.Silos[1]);
        int id = (await cluster.KeysInAsync<Seat, int>(there, 1, static id => id))[0];

        TestFault dropped = cluster.Messages.Drop(there, here);
        Task writing = SitAsync(here, id, attempts: null);
        await dropped.WhenHitAsync().Within();
        dropped.Dispose();

        await writing.Within();
        Assert.Equal("Ada", (await SeatAsync(there, id))?.Holder);
        await cluster.UntilIdleAsync().Within();
    }

    [Fact]
    public async Task Messages_that_are_late_arrive_at_the_end_of_the_fault()
    {
        await using MementoTestCluster cluster = await StartAsync();
        (TestSilo here, TestSilo there) = (cluster.Silos[0], cluster.Silos[1]);
        int id = (await cluster.KeysInAsync<Seat, int>(there, 1, static id => id))[0];

        TestFault late = cluster.Messages.Delay(here, there, TimeSpan.FromMinutes(10));
        Task writing = SitAsync(here, id, attempts: null);
        await late.WhenHitAsync().Within();
        Assert.Null(await SeatAsync(there, id));
        Assert.False(writing.IsCompleted);
        late.Dispose();

        await writing.Within();
        Assert.Throws<ArgumentException>(() => cluster.Messages.Drop(here, here));
    }

    private static Task<MementoTestCluster> StartAsync()
        => MementoTestCluster.StartAsync(
            static memento => memento.AddTable<Seat>().AddTable<Booking>(), silos: 2);

    private static Task<Booking> BookAsync(
        MementoTestCluster cluster, int seats, int? attempts = null)
        => cluster.Memento.TransactionAsync(
            async tx => await tx.WriteAsync(new Booking { Id = 1, Seats = seats }),
            new TransactionOptions { MaxAttempts = attempts }).Within();

    private static Task<Booking?> ReadAsync(MementoTestCluster cluster)
        => cluster.Memento.Table<Booking>().GetAsync(1).Within();

    private static Task<Seat> SitAsync(TestSilo silo, int id, int? attempts)
        => silo.Memento.TransactionAsync(
            async tx => await tx.WriteAsync(new Seat { Id = id, Holder = "Ada" }),
            new TransactionOptions { MaxAttempts = attempts }).Within();

    private static Task<Seat?> SeatAsync(TestSilo silo, int id)
        => silo.Memento.Table<Seat>().GetAsync(id).Within();
}
