using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task Creating_what_exists_is_refused()
    {
        var error = await Assert.ThrowsAsync<TableExistsException>(
            () => Memento.Tables.CreateAsync<Entry>());
        Assert.Contains("Table 'Entry' exists", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_table_is_not_found_until_it_is_created_again_and_then_empty()
    {
        await PutAsync(new Profile { Id = Guid.NewGuid(), Name = "Ann" });
        await Memento.Tables.DeleteAsync<Profile>().Within();
        try
        {
            Assert.DoesNotContain("Profile", await Memento.Tables.ListAsync());
            Func<Task>[] uses =
            [
                () => Memento.Tables.DeleteAsync<Profile>(),
                () => Memento.Tables.ClearAsync<Profile>(),
                () => Memento.Tables.InfoAsync<Profile>(),
                () => GetAsync<Profile>(Guid.NewGuid()),
                () => GetAllAsync<Profile>(),
                () => PutAsync(new Profile { Id = Guid.NewGuid() }),
                () => Memento.GetRecord<Profile>(Guid.NewGuid()).ReadAsync(),
            ];
            foreach (Func<Task> use in uses)
            {
                var error = await Assert.ThrowsAsync<TableNotFoundException>(() => use().Within());
                Assert.Contains(
                    "Table 'Profile' does not exist", error.Message, StringComparison.Ordinal);
            }

            var late = await Assert.ThrowsAsync<TimeoutException>(
                () => Memento.Tables.WaitAsync(TimeSpan.FromMilliseconds(1), typeof(Profile)));
            Assert.Contains("Profile", late.Message, StringComparison.Ordinal);
        }
        finally
        {
            await Memento.Tables.CreateAsync<Profile>().Within();
        }

        await Memento.Tables.WaitAsync(Waiting.Bound, typeof(Profile));
        Assert.Empty(await GetAllAsync<Profile>());
        Assert.Contains("Profile", await Memento.Tables.ListAsync());
        await PutAsync(new Profile { Id = Guid.NewGuid(), Name = "Bob" });
        Assert.Equal("Bob", Assert.Single(await GetAllAsync<Profile>()).Name);
    }

    [Fact]
    public async Task Deleting_a_table_waits_for_a_transaction_in_it()
    {
        OpenTransaction running = await OpenAsync();
        var id = Guid.NewGuid();
        await running.Tx.WriteAsync(new Profile { Id = id, Name = "Ann" }).Within();
        Task deleting = Memento.Tables.DeleteAsync<Profile>();
        await running.Tx.ReadAsync<Profile>(id).Within();
        Assert.False(deleting.IsCompleted);

        await running.CommitAsync();
        await deleting.Within();
        await Memento.Tables.CreateAsync<Profile>().Within();
        Assert.Empty(await GetAllAsync<Profile>());
    }

    [Fact]
    public async Task A_table_is_cleared_after_those_who_read_it()
    {
        await PutAsync(NewEntry("a", 1), NewEntry("b", 2));
        OpenTransaction reader = await OpenAsync();
        await reader.Tx.AllAsync<Entry>().Within();
        Task clearing = Memento.Tables.ClearAsync<Entry>();
        Assert.Equal(2, await reader.Tx.CountAsync<Entry>().Within());
        await reader.CommitAsync();
        await clearing.Within();

        Assert.Empty(await GetAllAsync<Entry>());
        Assert.Equal(1, reader.Runs);
        await PutAsync(NewEntry("b", 3));
        Assert.Equal([NewEntry("b", 3)], await GetAllAsync<Entry>());
        Assert.Equal(1, (await Memento.Tables.InfoAsync<Entry>()).Size);
    }

    [Fact]
    public async Task A_cleared_table_is_empty_and_its_unique_values_are_free()
    {
        await PutAsync(new Ticket { Title = "t", Code = "c", Owner = "o" });
        await PutAsync(NewTag("rose", "red"), NewTag("rose", "old"));
        await Memento.Tables.ClearAsync<Ticket>().Within();
        await Memento.Tables.ClearAsync<Tag>().Within();

        Assert.Equal(0, (await Memento.Tables.InfoAsync<Ticket>()).Size);
        Assert.Equal(0, (await Memento.Tables.InfoAsync<Tag>()).Size);
        await PutAsync(new Ticket { Title = "u", Code = "c" });
        Assert.Empty(await Memento.TransactionAsync(
            async tx => await tx.MatchAsync<Ticket>(new { Owner = "o" })).Within());
    }

    [Fact]
    public async Task A_type_that_is_not_registered_is_not_found()
    {
        Func<Task>[] uses =
        [
            () => Memento.Tables.CreateAsync<Unregistered>(),
            () => Memento.Tables.InfoAsync<Unregistered>(),
            () => GetAsync<Unregistered>(1),
            () => PutAsync(new Unregistered { Id = 1 }),
            () => Memento.Tables.WaitAsync(Waiting.Bound, typeof(Unregistered)),
            () => Memento.GetRecord<Unregistered>(1).ReadAsync(),
        ];
        foreach (Func<Task> use in uses)
        {
            var error = await Assert.ThrowsAsync<TableNotFoundException>(() => use().Within());
            Assert.Contains(
                "Type 'Unregistered' is not registered as a table: call AddTable<Unregistered>()",
                error.Message,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Calls_about_tables_inside_a_transaction_are_refused()
    {
        await Memento.TransactionAsync(async tx =>
        {
            Func<Task>[] calls =
            [
                () => Memento.Tables.CreateAsync<Entry>(),
                () => Memento.Tables.DeleteAsync<Entry>(),
                () => Memento.Tables.ClearAsync<Entry>(),
                () => Memento.Tables.InfoAsync<Entry>(),
                () => Memento.Tables.ListAsync(),
                () => Memento.Tables.WaitAsync(Waiting.Bound, typeof(Entry)),
            ];
            foreach (Func<Task> call in calls)
            {
                var error = await Assert.ThrowsAsync<MementoException>(() => call().Within());
                Assert.Contains("inside a transaction", error.Message, StringComparison.Ordinal);
            }

            await tx.WriteAsync(NewEntry("a", 1));
        }).Within();
        Assert.Single(await GetAllAsync<Entry>());
    }

    [Fact]
    public async Task Info_says_what_a_table_is_and_holds()
    {
        await PutAsync(
            new Ticket { Title = "t", Code = "c" },
            new Ticket { Title = "u", Code = "d" },
            new Ticket { Title = "v" });
        TableInfo info = await Memento.Tables.InfoAsync<Ticket>().Within();

        Assert.Equal(
            ("Ticket", TableType.OrderedSet, fixture.Storage, 3L),
            (info.Name, info.Type, info.Storage, info.Size));
        Assert.Equal(["Id", "Title", "Owner", "Code"], info.Attributes);
        Assert.Equal(
            [
                new IndexInfo("Code", true),
                new IndexInfo("Owner", false),
                new IndexInfo(["Owner", "Title"], true),
            ],
            info.Indexes.OrderBy(index => index.Name));
        Assert.Equal(
            Enumerable.Range(0, 10), info.Partitions.Select(partition => partition.Number));
        Assert.Equal(3, info.Partitions.Sum(partition => partition.Size));
        Assert.All(info.Partitions, partition => Assert.NotEmpty(partition.Silo));
        Assert.True(info.Memory > 0);
        Assert.Equal(
            [
                "Animal", "Book", "Bulk", "Coupon", "Entry", "Job", "Parcel", "Profile", "Seat",
                "Tag", "Ticket",
            ],
            await Memento.Tables.ListAsync());
    }

    [Fact]
    public async Task A_key_of_the_wrong_type_is_refused_and_both_types_are_named()
    {
        await Memento.TransactionAsync(async tx =>
        {
            Func<object, Task>[] uses =
            [
                async key => await tx.ReadAsync<Ticket>(key),
                async key => await tx.ReadAllAsync<Ticket>(key),
                async key => await tx.DeleteAsync<Ticket>(key),
                key =>
                {
                    Memento.GetRecord<Ticket>(key);
                    return Task.CompletedTask;
                },
            ];
            foreach (Func<object, Task> use in uses)
            {
                var other = await Assert.ThrowsAsync<ArgumentException>(() => use("1"));
                Assert.Contains("is of type string", other.Message, StringComparison.Ordinal);
                Assert.Contains("is of type long", other.Message, StringComparison.Ordinal);
                await Assert.ThrowsAsync<ArgumentNullException>(() => use(null!));
                await Assert.ThrowsAsync<ArgumentException>(() => use((1L, 2L)));
                var range = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
                    () => use(ulong.MaxValue));
                Assert.Contains("out of range", range.Message, StringComparison.Ordinal);
            }

            await Assert.ThrowsAsync<ArgumentException>(
                async () => await tx.ReadAsync<Seat>(Guid.NewGuid()));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
                async () => await tx.ReadAsync<Seat>((Guid.NewGuid(), long.MaxValue)));
            Assert.Null(await tx.ReadAsync<Ticket>((byte)1));
            await tx.WriteAsync(NewEntry("a", 1));
        }).Within();
        Assert.Single(await GetAllAsync<Entry>());
    }

    [Fact]
    public async Task A_record_without_a_key_is_refused_where_none_is_assigned()
    {
        var error = await Assert.ThrowsAnyAsync<ArgumentException>(
            () => PutAsync(NewEntry(null!, 1)));
        Assert.Contains("Name", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentNullException>(() => PutAsync<Entry>([null!]));
    }

    [Fact]
    public async Task An_unknown_property_is_refused_by_name()
    {
        await Memento.TransactionAsync(async tx =>
        {
            var unknown = await Assert.ThrowsAsync<ArgumentException>(
                async () => await tx.MatchAsync<Entry>(new { Nam = "a" }));
            Assert.Contains("'Nam'", unknown.Message, StringComparison.Ordinal);
            var guarded = await Assert.ThrowsAsync<ArgumentException>(
                async () => await tx.SelectAsync<Entry>(Guard.Equal("Nam", "a")));
            Assert.Contains("'Nam'", guarded.Message, StringComparison.Ordinal);
            var other = await Assert.ThrowsAsync<ArgumentException>(
                async () => await tx.MatchAsync<Entry>(new { Value = "a" }));
            Assert.Contains("Value", other.Message, StringComparison.Ordinal);
        }).Within();
    }

    [Fact]
    public async Task What_is_not_there_is_null_empty_zero_or_false()
    {
        await Memento.TransactionAsync(async tx =>
        {
            Assert.Null(await tx.ReadAsync<Entry>("nothing"));
            Assert.Empty(await tx.ReadAllAsync<Entry>("nothing"));
            Assert.Null(await tx.ReadAsync<Tag>("nothing"));
            Assert.Empty(await tx.ReadAllAsync<Tag>("nothing"));
            Assert.Empty(await tx.AllAsync<Entry>());
            Assert.Empty(await tx.AllAsync<Tag>());
            Assert.Empty(await tx.AllAsync<Seat>());
            Assert.Empty(await tx.MatchAsync<Entry>(new { Group = "nothing" }));
            Assert.Empty(await tx.SelectAsync<Ticket>(ticket => ticket.Owner == "nobody"));
            Assert.Equal(0, await tx.CountAsync<Entry>());
            Assert.False(await tx.DeleteAsync<Entry>("nothing"));
            Assert.False(await tx.DeleteRecordAsync(NewEntry("nothing", 1)));
            Assert.False(await tx.DeleteAsync<Tag>("nothing"));
        }).Within();
        Assert.Null(await Memento.GetRecord<Entry>("nothing").ReadAsync());
        Assert.False(await Memento.GetRecord<Entry>("nothing").DeleteAsync());
    }
}
