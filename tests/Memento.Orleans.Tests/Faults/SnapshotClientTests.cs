using Memento.Keys;
using Memento.Messages;
using Memento.Partitions;
using Memento.Partitions.Operations;
using Memento.Silos.Snapshots;
using Memento.Snapshots;
using Memento.Tables;
using Memento.Tests.Conformance;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Faults;

/// <summary>Snapshots of clients that vanish, and of others that were never taken.</summary>
public sealed class SnapshotClientTests
{
    private const StringComparison Ordinal = StringComparison.Ordinal;

    [Fact]
    public async Task The_snapshot_of_a_client_that_is_not_heard_any_more_ends()
    {
        var time = new ShiftedTime();
        await using MementoTestCluster cluster = await StartAsync(time);
        await cluster.Memento.Table<RamAccount>().PutAsync(new RamAccount { Id = 1, Balance = 7 });
        SiloCuts cuts = cluster.Silos[0].Services.GetRequiredService<SiloCuts>();
        SnapshotEndedException ended = await Assert.ThrowsAsync<SnapshotEndedException>(
            () => cluster.Memento.SnapshotAsync(async snapshot =>
            {
                Assert.Equal(1, cuts.Count);
                time.MoveOn(SnapshotLimits.LongestSilence);
                await Waiting.UntilAsync(() => cuts.Count == 0, "the silo drops the snapshot");
                await snapshot.ReadAsync<RamAccount>(1);
            }).Within());
        Assert.Contains("Take another", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_snapshot_that_nobody_has_taken_gives_an_error()
    {
        await using MementoTestCluster cluster = await StartAsync(new ShiftedTime());
        TableDefinition table =
            cluster.Client.Services.GetRequiredService<TableRegistry>().Get<RamAccount>();
        SnapshotAnswer answer = await cluster.Grains.GetGrain<ISnapshotGrain>(Guid.NewGuid())
            .ReadAsync(new SnapshotRead
            {
                Snapshot = Guid.Empty,
                Table = table.Name,
                Number = 0,
                Registration = table.Registration,
            }).Within();
        Assert.IsType<SnapshotEndedException>(answer.Error);
        Assert.Null(answer.Answer);
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(-1L)]
    [InlineData(TimeSpan.TicksPerDay + 1)]
    [InlineData(long.MaxValue)]
    public async Task A_forged_handle_lives_no_longer_than_an_honest_one(long ticks)
    {
        await using MementoTestCluster cluster = await StartAsync(new ShiftedTime());
        ArgumentOutOfRangeException refused =
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
                () => cluster.Grains.GetGrain<ISnapshotGrain>(Guid.NewGuid())
                    .TakeAsync(TimeSpan.FromTicks(ticks), clock: 0).Within());
        Assert.Contains("MaxAge", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, cluster.Silos[0].Services.GetRequiredService<SiloCuts>().Count);
    }

    [Fact]
    public async Task A_forged_read_gives_an_error_that_says_what_is_wrong()
    {
        await using MementoTestCluster cluster = await StartAsync(new ShiftedTime());
        await cluster.Memento.Table<RamAccount>().PutAsync(new RamAccount { Id = 1, Balance = 7 });
        TableDefinition table =
            cluster.Client.Services.GetRequiredService<TableRegistry>().Get<RamAccount>();
        Key key = table.KeyCodec.EncodeArgument(1);
        int number = table.PartitionOf(key);
        var read = new ReadOperation(key, writes: false);
        ISnapshotGrain handle = cluster.Grains.GetGrain<ISnapshotGrain>(Guid.NewGuid());
        await handle.TakeAsync(TimeSpan.FromMinutes(1), clock: 0).Within();

        Assert.Contains("only read", await RefusalAsync(new ClearOperation()), Ordinal);
        Assert.Contains("what to read", await RefusalAsync(operation: null), Ordinal);
        Assert.Contains("partitions here", await RefusalAsync(read, table.PartitionCount), Ordinal);
        Assert.Contains("partitions here", await RefusalAsync(read, -1), Ordinal);
        SnapshotAnswer answer = await ReadAsync(read, number);
        Assert.Null(answer.Error);
        var record = (RamAccount)read.Codec.Decode(table, answer.Answer!)!;
        Assert.Equal(7, record.Balance);

        await handle.EndAsync().Within();
        answer = await ReadAsync(read, number);
        SnapshotEndedException ended = Assert.IsType<SnapshotEndedException>(answer.Error);
        Assert.Contains("No silo knows", ended.Message, Ordinal);

        async Task<string> RefusalAsync(Operation? operation, int? of = null)
        {
            SnapshotAnswer refusal = await ReadAsync(operation, of ?? number);
            Assert.Null(refusal.Answer);
            return Assert.IsType<MementoException>(refusal.Error).Message;
        }

        Task<SnapshotAnswer> ReadAsync(Operation? operation, int of)
            => handle.ReadAsync(new SnapshotRead
            {
                Snapshot = Guid.Empty,
                Table = table.Name,
                Number = of,
                Operation = operation,
                Registration = table.Registration,
            }).Within();
    }

    [Fact]
    public async Task A_snapshot_is_given_up_when_its_caller_cancels()
    {
        await using MementoTestCluster cluster = await StartAsync(new ShiftedTime());
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();
        foreach (IMemento memento in new[] { cluster.Memento, cluster.SiloMemento })
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => memento.SnapshotAsync(
                    static _ => Task.CompletedTask, options: null, cancellation.Token).Within());
        }

        SiloCuts cuts = cluster.Silos[0].Services.GetRequiredService<SiloCuts>();
        await Waiting.UntilAsync(() => cuts.Count == 0, "no part is left");
    }

    [Fact]
    public async Task Ten_thousand_records_are_streamed_to_a_client_in_order()
    {
        const int Records = 10_000;
        await using MementoTestCluster cluster = await StartAsync(new ShiftedTime());
        await cluster.SiloMemento.Table<Parcel>().PutManyAsync(Parcels());
        await cluster.Memento.SnapshotAsync(async snapshot =>
        {
            long next = 0;
            await foreach (Parcel each in snapshot.Query<Parcel>().OrderBy(parcel => parcel.Id)
                .AsAsyncEnumerable())
            {
                Assert.Equal(next++, each.Id);
            }

            Assert.Equal(Records, next);
        }).WaitAsync(TimeSpan.FromMinutes(1));

        static async IAsyncEnumerable<Parcel> Parcels()
        {
            await Task.Yield();
            for (long i = 0; i < Records; i++)
                yield return new Parcel { Id = i };
        }
    }

    [Fact]
    public async Task Bodies_of_a_client_that_begin_together_end_by_their_own_ages()
    {
        const int Bodies = 8;
        var time = new ShiftedTime();
        await using MementoTestCluster cluster = await StartAsync(time);
        await cluster.Memento.Table<RamAccount>().PutAsync(new RamAccount { Id = 1, Balance = 7 });
        SiloCuts cuts = cluster.Silos[0].Services.GetRequiredService<SiloCuts>();
        var aged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int begun = 0;
        Task<long>[] reading = [.. Enumerable.Range(0, Bodies).Select(ReadLaterAsync)];
        await Waiting.UntilAsync(() => Volatile.Read(ref begun) == Bodies, "all have begun");
        Assert.InRange(cuts.Count, 1, Bodies - 1);
        time.MoveOn(TimeSpan.FromSeconds(2));
        aged.SetResult();
        for (int body = 0; body < Bodies; body++)
        {
            if (IsShort(body))
            {
                SnapshotEndedException ended =
                    await Assert.ThrowsAsync<SnapshotEndedException>(() => reading[body].Within());
                Assert.Contains("MaxAge of 00:00:01", ended.Message, StringComparison.Ordinal);
            }
            else
            {
                Assert.Equal(7, await reading[body].Within());
            }
        }

        await Waiting.UntilAsync(() => cuts.Count == 0, "no snapshot is left");

        static bool IsShort(int body) => body % 2 == 0;

        Task<long> ReadLaterAsync(int body) => cluster.Memento.SnapshotAsync(
            async snapshot =>
            {
                Interlocked.Increment(ref begun);
                await aged.Task;
                return (await snapshot.ReadAsync<RamAccount>(1))!.Balance;
            },
            new SnapshotOptions { MaxAge = TimeSpan.FromSeconds(IsShort(body) ? 1 : 60) });
    }

    private static Task<MementoTestCluster> StartAsync(ShiftedTime time)
        => MementoTestCluster.StartAsync(
            builder => builder.AddTable<RamAccount>().AddTable<Parcel>(
                static table => table.Storage = TableStorage.Ram),
            silos: 1,
            silo => silo.Services.AddSingleton<TimeProvider>(time),
            client => client.Services.AddSingleton<TimeProvider>(time));
}
