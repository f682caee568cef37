using Memento.Tests.Compliance;
using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

/// <summary>The records and tables after a silo has started again on the same storage.</summary>
public abstract class RestartTests<TStorage> : IAsyncDisposable
    where TStorage : StorageUnderTest, new()
{
    private readonly TStorage _place = new();

    public async ValueTask DisposeAsync()
    {
        await _place.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_disk_table_is_there_after_a_restart_and_a_ram_table_is_empty()
    {
        var hall = Guid.NewGuid();
        await RunAsync(memento => memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new Entry { Name = "kept", Value = 1, Group = "g" });
            await tx.WriteAsync(new Entry { Name = "deleted", Value = 1, Group = "g" });
            await tx.WriteAsync(new Tag { Subject = "rose", Word = "red" });
            await tx.WriteAsync(new Tag { Subject = "rose", Word = "old" });
            await tx.WriteAsync(new Tag { Subject = "rose", Word = "gone" });
            await tx.WriteAsync(new Ticket { Id = 7, Title = "t", Code = "c", Owner = "o" });
            await tx.WriteAsync(new Seat { Hall = hall, Number = -1, Guest = "in ram" });
        }));
        await RunAsync(memento => memento.TransactionAsync(async tx =>
        {
            await tx.DeleteAsync<Entry>("deleted");
            await tx.DeleteRecordAsync(new Tag { Subject = "rose", Word = "gone" });
            await tx.WriteAsync(new Tag { Subject = "rose", Word = "new" });
            Assert.Equal(0, await tx.CountAsync<Seat>());
        }));
        await RunAsync(async memento =>
        {
            await memento.TransactionAsync(async tx =>
            {
                Assert.Equal(
                    [new Entry { Name = "kept", Value = 1, Group = "g" }],
                    await tx.AllAsync<Entry>());
                Assert.Single(await tx.MatchAsync<Entry>(new { Group = "g" }));
                Assert.Equal(
                    ["red", "old", "new"],
                    (await tx.ReadAllAsync<Tag>("rose")).Select(static tag => tag.Word));
                Assert.Equal(7, Assert.Single(await tx.MatchAsync<Ticket>(new { Owner = "o" })).Id);
                Assert.Empty(await tx.AllAsync<Seat>());
                await tx.WriteAsync(new Tag { Subject = "rose", Word = "newer" });
                await tx.WriteAsync(new Tag { Subject = "rose", Word = "red" });
                Assert.Equal(4, (await tx.ReadAllAsync<Tag>("rose")).Count);
            });
            await Assert.ThrowsAsync<UniqueIndexException>(() => memento.TransactionAsync(
                async tx => await tx.WriteAsync(new Ticket { Title = "u", Code = "c" })));
            Assert.Equal(1, (await memento.Tables.InfoAsync<Entry>()).Size);
        });
    }

    [Fact]
    public async Task What_was_not_committed_is_not_there_after_a_restart()
    {
        await RunAsync(async memento =>
        {
            await memento.TryTransactionAsync(async tx =>
            {
                await tx.WriteAsync(new Entry { Name = "aborted", Value = 1 });
                tx.Abort();
            });
            await memento.TransactionAsync(async tx =>
            {
                await tx.WriteAsync(new Entry { Name = "kept", Value = 1 });
                await tx.TryNestedAsync(async inner =>
                {
                    await inner.WriteAsync(new Entry { Name = "kept", Value = 2 });
                    await inner.WriteAsync(new Entry { Name = "undone", Value = 2 });
                    inner.Abort();
                });
            });
        });
        await RunAsync(async memento => Assert.Equal(
            [new Entry { Name = "kept", Value = 1 }],
            await memento.TransactionAsync(async tx => await tx.AllAsync<Entry>())));
    }

    [Fact]
    public async Task Numbers_go_on_above_every_one_of_an_earlier_run()
    {
        long highest = 0;
        await RunAsync(async memento => highest = await AddAsync(memento));
        await RunAsync(async memento =>
        {
            long next = await AddAsync(memento);
            Assert.True(next > highest);
            highest = next + 5_000;
            await memento.TransactionAsync(
                async tx => await tx.WriteAsync(new Ticket { Id = highest, Title = "explicit" }));
            await memento.TransactionAsync(async tx => await tx.DeleteAsync<Ticket>(next));
        });
        await RunAsync(async memento => Assert.True(await AddAsync(memento) > highest));
        long reserved = 0;
        await RunAsync(async memento =>
        {
            reserved = 100_000 + await memento.Tables.ReserveNumbersAsync<Ticket>(0);
            await memento.Tables.ReserveNumbersAsync<Ticket>(reserved);
        });
        await RunAsync(async memento => Assert.True(await AddAsync(memento) > reserved));
    }

    [Fact]
    public async Task A_deleted_or_cleared_table_is_empty_after_a_restart()
    {
        await RunAsync(async memento =>
        {
            await memento.TransactionAsync(async tx =>
            {
                await tx.WriteAsync(new Entry { Name = "a", Value = 1 });
                await tx.WriteAsync(new Ticket { Title = "t", Code = "c" });
            });
            await memento.Tables.DeleteAsync<Entry>();
            await memento.Tables.ClearAsync<Ticket>();
        });
        await RunAsync(async memento =>
        {
            Assert.Equal(0, (await memento.Tables.InfoAsync<Entry>()).Size);
            Assert.Equal(0, (await memento.Tables.InfoAsync<Ticket>()).Size);
            await memento.TransactionAsync(
                async tx => await tx.WriteAsync(new Ticket { Title = "u", Code = "c" }));
        });
    }

    [Fact]
    public async Task A_record_of_a_derived_type_is_what_it_was_after_a_restart()
    {
        long id = 0;
        await RunAsync(async memento =>
        {
            id = (await memento.Table<Animal>().PutAsync(
                new Dog { Name = "Rex", Tag = "r", Breed = "pug" })).Id;
            await memento.Table<Animal>().PutAsync(new Cat { Name = "Tom", Toys = ["ball"] });
        });
        await RunAsync(memento => memento.TransactionAsync(async tx =>
        {
            Assert.Equal(
                new Dog { Id = id, Name = "Rex", Tag = "r", Breed = "pug" },
                await tx.ReadAsync<Animal>(id));
            Assert.Equal(
                ["ball"],
                Assert.IsType<Cat>(
                    Assert.Single(await tx.MatchAsync<Animal>(new { Name = "Tom" }))).Toys);
        }));
    }

    [Fact]
    public async Task A_page_is_continued_after_a_restart()
    {
        string? next = null;
        await RunAsync(memento => memento.TransactionAsync(async tx =>
        {
            for (int id = 1; id <= 5; id++)
                await tx.WriteAsync(new Book { Id = id, Title = "t", Year = -id });
            next = (await tx.Query<Book>().OrderBy(book => book.Year).ToPageAsync(2)).Next;
        }));
        await RunAsync(memento => memento.TransactionAsync(async tx =>
        {
            Page<Book> page =
                await tx.Query<Book>().OrderBy(book => book.Year).ToPageAsync(2, next);
            Assert.Equal([3, 2], page.Items.Select(static book => book.Id));
            next = page.Next;
        }));
        await RunAsync(memento => memento.TransactionAsync(async tx =>
        {
            Page<Book> page =
                await tx.Query<Book>().OrderBy(book => book.Year).ToPageAsync(2, next);
            Assert.Equal([1], page.Items.Select(static book => book.Id));
            Assert.Null(page.Next);
        }));
    }

    private static async Task<long> AddAsync(IMemento memento)
        => (await memento.TransactionAsync(
            async tx => await tx.WriteAsync(new Ticket { Title = "t" }))).Id;

    private async Task RunAsync(Func<IMemento, Task> use)
    {
        await using MementoHost host = await MementoHost.StartAsync(memento =>
        {
            _place.Use(memento);
            memento.AddConformanceTables(TableStorage.Disk)
                .AddTable<Seat>(static table => table.Storage = TableStorage.Ram);
        });
        await use(host.Memento).Within();
    }
}
