using Memento.Storage;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance.Tables;
using Memento.Tests.Diagnostics;

namespace Memento.Tests.Conformance;

/// <summary>A program that starts on the records of an earlier one, whose types differ.</summary>
public abstract class ChangedTypeTests<TStorage> : IAsyncDisposable
    where TStorage : StorageUnderTest, new()
{
    private const long TooLong = 1L << 40;

    private readonly TStorage _place = new();

    public async ValueTask DisposeAsync()
    {
        await _place.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Documents_of_the_earlier_type_are_read()
    {
        await RunOldAsync(memento => memento.Table<OldReel>().PutAsync(new OldReel
        {
            Title = "Rush",
            Length = 123,
            Rating = 8.1f,
            Day = DayOfWeek.Friday,
            Gone = "x",
        }).AsTask());

        await RunNewAsync(UnreadableRecords.Fail, host => host.Memento.TransactionAsync(
            async tx =>
            {
                NewReel film = Assert.Single(await tx.MatchAsync<NewReel>(new { Length = 123 }));
                Assert.Equal(
                    new NewReel
                    {
                        Id = film.Id,
                        Title = "Rush",
                        Length = 123,
                        Rating = 8.1,
                        Weekday = "Friday",
                        Studio = null!,
                        Copies = 1,
                    },
                    film);
                Assert.Single(await tx.MatchAsync<NewReel>(new { Title = "Rush" }));
            }));
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_is_named_and_keeps_its_partition_from_loading()
    {
        await RunOldAsync(memento => memento.Table<OldReel>().PutAsync(
            new OldReel { Id = 5, Title = "Long", Length = TooLong }).AsTask());

        await RunNewAsync(UnreadableRecords.Fail, async host =>
        {
            var error = await Assert.ThrowsAsync<StorageException>(
                () => host.Memento.Table<NewReel>().GetAsync(5).AsTask());
            Assert.StartsWith(
                "The record of table 'Reel' with the key 5 (bytes 8000000000000005) cannot be "
                + "read: its document does not fit the type 'NewReel' at the property 'Length'. ",
                error.Message,
                StringComparison.Ordinal);
            Assert.Contains("Memento:UnreadableRecords", error.Message, StringComparison.Ordinal);
        });
        await RunOldAsync(async memento =>
            Assert.Equal(TooLong, (await memento.Table<OldReel>().GetAsync(5))!.Length));
    }

    [Fact]
    public async Task A_record_that_was_set_aside_is_counted_and_the_others_are_there()
    {
        await RunOldAsync(WriteAsync);

        for (int start = 0; start < 2; start++)
        {
            await RunNewAsync(UnreadableRecords.SetAside, async host =>
            {
                using var metrics = new MetricLog(host.Services);
                await AssertReelsAsync(host.Memento, [1, 3]);
                TableInfo reels = await host.Memento.Tables.InfoAsync<NewReel>();
                Assert.Equal((2, 2), (reels.Size, reels.Unreadable));
                Assert.Equal(2, reels.Partitions.Sum(static each => each.Unreadable));
                Assert.Equal(2, metrics.Observe(
                    "memento.records.unreadable", "memento.table=Reel"));
                TableInfo cuts = await host.Memento.Tables.InfoAsync<NewCut>();
                Assert.Equal((2, 1), (cuts.Size, cuts.Unreadable));
            });
        }

        // They are not read as records again, whatever the type.
        await RunOldAsync(async memento =>
        {
            Assert.Null(await memento.Table<OldReel>().GetAsync(2));
            Assert.Equal(2, (await memento.Tables.InfoAsync<OldReel>()).Unreadable);
        });
    }

    [Theory]
    [InlineData("Reel")]
    [InlineData("Cut")]
    public async Task A_record_whose_key_cannot_be_read_is_set_aside_and_counted(string table)
    {
        await RunOldAsync(WriteAsync);
        await using (IJournalStorage storage = _place.Create())
        {
            StorageScene scene = await StorageScene.OpenAsync(storage);
            await scene.WriteAsync(new JournalEntry
            {
                TransactionId = Guid.NewGuid(),
                Writes = [new RowWrite(table, 0, [1, 2, 3], "{}"u8.ToArray())],
                Epochs = [],
            });
        }

        foreach (UnreadableRecords unreadable in (UnreadableRecords[])
            [UnreadableRecords.SetAside, UnreadableRecords.SetAside, UnreadableRecords.Fail])
        {
            await RunNewAsync(unreadable, async host =>
            {
                TableInfo reels = await host.Memento.Tables.InfoAsync<NewReel>();
                TableInfo cuts = await host.Memento.Tables.InfoAsync<NewCut>();
                Assert.Equal((2, 2), (reels.Size, cuts.Size));
                Assert.Equal(
                    table == "Reel" ? (3, 1) : (2, 2), (reels.Unreadable, cuts.Unreadable));
            });
        }
    }

    [Fact]
    public async Task What_belongs_to_a_record_that_was_set_aside_is_not_given_to_another_one()
    {
        await RunOldAsync(WriteAsync);

        await RunNewAsync(UnreadableRecords.SetAside, async host =>
        {
            NewReel next = await host.Memento.Table<NewReel>().PutAsync(Reel(0, "New"));
            Assert.True(next.Id > 9000);
            var taken = await Assert.ThrowsAsync<UniqueIndexException>(
                () => host.Memento.Table<NewReel>().PutAsync(Reel(0, "Two")).AsTask());
            Assert.Equal(2L, taken.HolderKey);
            await host.Memento.Table<NewCut>().PutAsync(new NewCut("Rush", 4));
        });
        await RunNewAsync(UnreadableRecords.Restore, static _ => Task.CompletedTask);

        await RunOldAsync(async memento => Assert.Equal(
            [1, 2, TooLong, 4],
            (await memento.TransactionAsync(async tx => await tx.ReadAllAsync<OldCut>("Rush")))
                .Select(static cut => cut.Second)));
    }

    [Fact]
    public async Task A_record_that_was_set_aside_comes_back_when_its_type_reads_it_again()
    {
        await RunOldAsync(WriteAsync);
        await RunNewAsync(UnreadableRecords.SetAside, host => AssertReelsAsync(
            host.Memento, [1, 3]));

        // The new type still cannot read them.
        await RunNewAsync(UnreadableRecords.Restore, async host =>
        {
            await AssertReelsAsync(host.Memento, [1, 3]);
            Assert.Equal(2, (await host.Memento.Tables.InfoAsync<NewReel>()).Unreadable);
        });
        for (int start = 0; start < 2; start++)
        {
            await RunOldAsync(
                async memento =>
                {
                    Assert.Equal(
                        [1L, 2, 3, 9000],
                        (await memento.TransactionAsync(async tx => await tx.AllAsync<OldReel>()))
                            .Select(static reel => reel.Id));
                    TableInfo info = await memento.Tables.InfoAsync<OldReel>();
                    Assert.Equal((4, 0), (info.Size, info.Unreadable));
                    await Assert.ThrowsAsync<UniqueIndexException>(
                        () => memento.Table<OldReel>().PutAsync(
                            new OldReel { Title = "Two" }).AsTask());
                },
                UnreadableRecords.Restore);
        }
    }

    [Fact]
    public async Task A_record_whose_key_another_one_has_meanwhile_stays_aside()
    {
        await RunOldAsync(WriteAsync);
        await RunNewAsync(UnreadableRecords.SetAside, async host =>
        {
            await host.Memento.Table<NewReel>().PutAsync(Reel(2, "Newer"));
            Assert.Equal(2, (await host.Memento.Tables.InfoAsync<NewReel>()).Unreadable);
        });

        await RunOldAsync(
            async memento =>
            {
                Assert.Equal("Newer", (await memento.Table<OldReel>().GetAsync(2))!.Title);
                Assert.Equal(TooLong, (await memento.Table<OldReel>().GetAsync(9000))!.Length);
                Assert.Equal(1, (await memento.Tables.InfoAsync<OldReel>()).Unreadable);

                // Its unique value is free: the index was filled from the records of now.
                await memento.Table<OldReel>().PutAsync(new OldReel { Title = "Two" });
            },
            UnreadableRecords.Restore);
        await RunNewAsync(UnreadableRecords.SetAside, async host =>
        {
            Assert.True(await host.Memento.Table<NewReel>().DeleteAsync(2));
            Assert.Null(await host.Memento.Table<NewReel>().GetAsync(2));
        });
        await RunNewAsync(UnreadableRecords.SetAside, async host =>
            Assert.Null(await host.Memento.Table<NewReel>().GetAsync(2)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_set_aside_goes_with_its_table(bool isCleared)
    {
        await RunOldAsync(WriteAsync);
        await RunNewAsync(UnreadableRecords.SetAside, async host =>
        {
            ITables tables = host.Memento.Tables;
            Assert.Equal(2, (await tables.InfoAsync<NewReel>()).Unreadable);
            if (isCleared)
            {
                await tables.ClearAsync<NewReel>();
            }
            else
            {
                await tables.DeleteAsync<NewReel>();
                await tables.CreateAsync<NewReel>();
            }

            Assert.Equal(0, (await tables.InfoAsync<NewReel>()).Unreadable);
        });

        await RunOldAsync(
            async memento =>
            {
                TableInfo info = await memento.Tables.InfoAsync<OldReel>();
                Assert.Equal((0, 0), (info.Size, info.Unreadable));
            },
            UnreadableRecords.Restore);
    }

    [Fact]
    public async Task Many_records_are_set_aside_and_come_back()
    {
        const int Count = 2_500;
        await RunOldAsync(memento => memento.TransactionAsync(async tx =>
        {
            for (int number = 0; number < Count; number++)
                await tx.WriteAsync(new OldCut("Rush", TooLong + number));
            await tx.WriteAsync(new OldCut("Rush", 7));
        }));
        await RunNewAsync(UnreadableRecords.SetAside, async host =>
        {
            TableInfo info = await host.Memento.Tables.InfoAsync<NewCut>();
            Assert.Equal((1, Count), (info.Size, info.Unreadable));
        });
        await RunOldAsync(
            async memento => Assert.Equal(
                [.. Enumerable.Range(0, Count).Select(static each => TooLong + each), 7],
                (await memento.TransactionAsync(
                    async tx => await tx.ReadAllAsync<OldCut>("Rush")))
                    .Select(static cut => cut.Second)),
            UnreadableRecords.Restore);
    }

    private static NewReel Reel(long id, string title)
        => new()
        {
            Id = id,
            Title = title,
            Rating = 1,
            Weekday = "Monday",
            Studio = "",
        };

    /// <summary>
    /// Four reels, of which the second and the last are too long, and three cuts.
    /// </summary>
    private static Task WriteAsync(IMemento memento) => memento.TransactionAsync(async tx =>
    {
        await tx.WriteAsync(new OldReel { Id = 1, Title = "One" });
        await tx.WriteAsync(new OldReel { Id = 2, Title = "Two", Length = TooLong });
        await tx.WriteAsync(new OldReel { Id = 3, Title = "Three" });
        await tx.WriteAsync(new OldReel { Id = 9000, Title = "Four", Length = TooLong });
        await tx.WriteAsync(new OldCut("Rush", 1));
        await tx.WriteAsync(new OldCut("Rush", 2));
        await tx.WriteAsync(new OldCut("Rush", TooLong));
    });

    private static async Task AssertReelsAsync(IMemento memento, long[] keys)
        => Assert.Equal(
            keys,
            (await memento.TransactionAsync(async tx => await tx.AllAsync<NewReel>()))
                .Select(static reel => reel.Id));

    private Task RunOldAsync(
        Func<IMemento, Task> use, UnreadableRecords unreadable = UnreadableRecords.Fail)
        => RunAsync(
            memento => memento.AddTable<OldReel>().AddTable<OldCut>(),
            unreadable,
            host => use(host.Memento));

    private Task RunNewAsync(UnreadableRecords unreadable, Func<MementoHost, Task> use)
        => RunAsync(memento => memento.AddTable<NewReel>().AddTable<NewCut>(), unreadable, use);

    private async Task RunAsync(
        Action<IMementoBuilder> tables,
        UnreadableRecords unreadable,
        Func<MementoHost, Task> use)
    {
        await using MementoHost host = await MementoHost.StartAsync(
            memento =>
            {
                _place.Use(memento);
                tables(memento);
            },
            application => application.Configuration["Memento:UnreadableRecords"] =
                unreadable.ToString());
        await use(host).Within();
    }
}
