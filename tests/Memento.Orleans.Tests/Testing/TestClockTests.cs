using System.Diagnostics;
using Memento.Tests.Conformance;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Testing;

/// <summary>The clock of a test cluster, which tests set forward.</summary>
public sealed class TestClockTests
{
    [Fact]
    public async Task Silos_clients_and_the_application_have_one_clock_that_tests_set_forward()
    {
        await using MementoTestCluster cluster = await MementoTestCluster.StartAsync(
            static memento => memento.AddTable<Seat>().AddTable<Booking>(), silos: 2);
        Assert.Same(cluster.Clock, cluster.Silos[1].Services.GetRequiredService<TimeProvider>());
        Assert.Same(cluster.Clock, cluster.Client.Services.GetRequiredService<TimeProvider>());
        await cluster.Memento.Table<Seat>().PutAsync(new Seat { Id = 7 }).AsTask().Within();
        await cluster.Memento.Table<Booking>().PutAsync(new Booking()).AsTask().Within();

        DateTimeOffset before = cluster.Clock.GetUtcNow();
        long stamp = cluster.Clock.GetTimestamp();
        Task due = Task.Delay(TimeSpan.FromHours(1), cluster.Clock);
        Task later = Task.Delay(TimeSpan.FromHours(3), cluster.Clock);
        cluster.Clock.Advance(TimeSpan.FromHours(2));
        await due.Within();
        Assert.False(later.IsCompleted);
        Assert.Equal(TimeSpan.FromHours(2), cluster.Clock.Ahead);
        Assert.InRange(
            cluster.Clock.GetUtcNow() - before, TimeSpan.FromHours(2), TimeSpan.FromHours(2.1));
        Assert.InRange(
            cluster.Clock.GetElapsedTime(stamp), TimeSpan.FromHours(2), TimeSpan.FromHours(2.1));

        // All is there, in ram and on disk, and goes on, in both silos.
        foreach (IMemento memento in cluster.Silos.Select(static silo => silo.Memento)
            .Append(cluster.Memento))
        {
            Assert.True(await memento.Table<Seat>().ExistsAsync(7).AsTask().Within());
            Assert.Equal(1, await memento.Table<Booking>().CountAsync().AsTask().Within());
            ITableQuery<Booking> bookings = memento.Table<Booking>().Query();
            Assert.Equal(1, await bookings.UpdateAsync(static each => each).Within());
        }
    }

    [Fact]
    public async Task What_has_a_time_limit_ends_when_the_clock_is_set_beyond_it()
    {
        await using MementoTestCluster cluster = await MementoTestCluster.StartAsync(
            static memento => memento.AddTable<Seat>());
        long started = Stopwatch.GetTimestamp();
        Task tooLong = cluster.Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new Seat { Id = 1 });
            cluster.Clock.Advance(TimeSpan.FromSeconds(31));
            await tx.ReadAsync<Seat>(1);
        });
        await Assert.ThrowsAsync<TransactionTimeoutException>(() => tooLong.Within());
        await cluster.SiloMemento.SnapshotAsync(async snapshot =>
        {
            cluster.Clock.Advance(TimeSpan.FromMinutes(6));
            await Waiting.UntilAsync(
                async () => await Record.ExceptionAsync(
                    async () => await snapshot.CountAsync<Seat>()) is SnapshotEndedException,
                "the snapshot ends by its age");
        }).Within();
        Assert.False(await cluster.Memento.Table<Seat>().ExistsAsync(1).AsTask().Within());
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(25));
    }

    [Fact]
    public async Task Timers_run_by_the_machine_and_by_the_clock_and_end_when_they_are_disposed_of()
    {
        await using MementoTestCluster cluster = await MementoTestCluster.StartAsync(
            static memento => memento.AddTable<Seat>());
        int calls = 0;
        ITimer timer = cluster.Clock.CreateTimer(
            _ => Interlocked.Increment(ref calls),
            state: null,
            TimeSpan.FromMilliseconds(20),
            TimeSpan.FromMilliseconds(20));
        await Waiting.UntilAsync(() => Volatile.Read(ref calls) >= 3, "it runs by itself");
        Assert.True(timer.Change(TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan));
        int before = Volatile.Read(ref calls);
        cluster.Clock.Advance(TimeSpan.FromMinutes(59));
        cluster.Clock.Advance(TimeSpan.FromMinutes(2));
        await Waiting.UntilAsync(() => Volatile.Read(ref calls) > before, "it is due");
        await timer.DisposeAsync();
        Assert.False(timer.Change(TimeSpan.Zero, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => cluster.Clock.Advance(TimeSpan.FromTicks(-1)));
    }
}
