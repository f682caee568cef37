using Memento.Messages;
using Memento.Partitions;
using Memento.Tests.Conformance;
using Memento.Tests.Conformance.Tables;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Transactions;

/// <summary>How many messages a client's calls cost, counted in the silo.</summary>
public sealed class ClientMessageTests : IAsyncLifetime
{
    private TestSilo _silo = null!;
    private IMemento _memento = null!;
    private int _messages;

    public async ValueTask InitializeAsync()
    {
        _silo = await TestSilo.StartAsync(
            static memento => memento.AddConformanceTables(TableStorage.Ram),
            silo => silo.AddIncomingGrainCallFilter(CountAsync));
        IServiceProvider client = await _silo.ConnectAsync(
            static memento => memento.AddConformanceTables(TableStorage.Ram));
        _memento = client.GetRequiredService<IMemento>();
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
    }

    [Fact]
    public async Task Writes_side_by_side_take_a_message_for_each_partition()
    {
        const int Writes = 200;
        await OneThread.RunAsync(() => _memento.TransactionAsync(
            tx => Task.WhenAll(Enumerable.Range(0, Writes).Select(
                i => tx.WriteAsync(new Entry { Name = $"{i}", Value = i }).AsTask())))).Within();

        Assert.Equal(3, _messages);
        Assert.Equal(Writes, await _memento.Table<Entry>().CountAsync().Within());
    }

    [Fact]
    public async Task Writes_one_after_the_other_take_a_message_each()
    {
        await _memento.TransactionAsync(async tx =>
        {
            for (int i = 0; i < 5; i++)
                await tx.WriteAsync(new Entry { Name = $"{i}", Value = i });
        }).Within();

        Assert.Equal(5, _messages);
    }

    [Fact]
    public async Task A_batch_of_PutMany_takes_a_message_for_each_partition()
    {
        long written = 0;
        await OneThread.RunAsync(async () => written = await _memento.Table<Entry>().PutManyAsync(
            Many(300).ToAsyncEnumerable(), batchSize: 300)).Within();

        Assert.Equal(300, written);
        Assert.Equal(3, _messages);
        Assert.Equal(300, await _memento.Table<Entry>().CountAsync().Within());
    }

    [Fact]
    public async Task The_last_of_two_records_with_one_key_stays_in_a_batch_of_PutMany()
    {
        await _memento.Table<Entry>().PutManyAsync(
            Many(10).Append(new Entry { Name = "3", Value = 33 }).ToAsyncEnumerable())
            .AsTask().Within();

        Assert.Equal(33, (await _memento.Table<Entry>().GetAsync("3").Within())?.Value);
    }

    [Fact]
    public async Task An_error_that_the_body_handles_harms_nothing_that_was_sent_beside_it()
    {
        await _memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new Ticket { Title = "held", Code = "c" });
            await OneThread.RunAsync(async () =>
            {
                Task<Ticket> refused = tx.WriteAsync(
                    new Ticket { Title = "second", Code = "c" }).AsTask();
                Task<Ticket> written = tx.WriteAsync(
                    new Ticket { Title = "other", Code = "d" }).AsTask();
                Task<Entry> entry = tx.WriteAsync(new Entry { Name = "e" }).AsTask();
                await Assert.ThrowsAsync<UniqueIndexException>(() => refused);
                await Task.WhenAll(written, entry);
            });
        }).Within();

        IReadOnlyList<Ticket> tickets = await _memento.Table<Ticket>()
            .WhereAsync(static _ => true).Within();
        Assert.Equal(["held", "other"], tickets.Select(static each => each.Title));
        Assert.True(await _memento.Table<Entry>().ExistsAsync("e").Within());
    }

    [Fact]
    public async Task Side_by_side_writes_under_a_savepoint_go_with_it_and_the_others_stay()
    {
        await OneThread.RunAsync(() => _memento.TransactionAsync(async tx =>
        {
            Task<Entry> outer = tx.WriteAsync(new Entry { Name = "outer" }).AsTask();
            TransactionResult inner = await tx.TryNestedAsync(async nested =>
            {
                await Task.WhenAll(Many(20).Select(each => nested.WriteAsync(each).AsTask()));
                nested.Abort();
            });
            Assert.False(inner.Ok);
            await outer;
        })).Within();

        Assert.Equal(
            ["outer"],
            (await _memento.Table<Entry>().WhereAsync(static _ => true).Within())
                .Select(static each => each.Name));
    }

    [Fact]
    public async Task Large_records_read_side_by_side_come_in_several_answers()
    {
        string large = new('x', Answer.MaxBytes / 3);
        await _memento.TransactionAsync(tx => Task.WhenAll(Many(24).Select(
            each => tx.WriteAsync(each with { Group = large }).AsTask()))).Within();

        Entry?[] read = await _memento.TransactionAsync(tx => Task.WhenAll(Many(24).Select(
            each => tx.ReadAsync<Entry>(each.Name).AsTask()))).Within();

        Assert.Equal(
            Many(24).Select(static each => each.Value), read.Select(static each => each!.Value));
    }

    private static IEnumerable<Entry> Many(int count)
        => Enumerable.Range(0, count).Select(static i => new Entry { Name = $"{i}", Value = i });

    private async Task CountAsync(IIncomingGrainCallContext context)
    {
        if (context.InterfaceMethod.DeclaringType == typeof(IIndexGrain)
            && context.InterfaceMethod.Name == nameof(IIndexGrain.ExecuteAsync))
        {
            Interlocked.Increment(ref _messages);
        }

        await context.Invoke();
    }
}
