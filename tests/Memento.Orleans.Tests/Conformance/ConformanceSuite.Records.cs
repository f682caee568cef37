using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task A_record_grain_outside_a_transaction_is_one_of_its_own()
    {
        IRecord<Entry> record = Memento.GetRecord<Entry>("k");
        Assert.Null(await record.ReadAsync().Within());
        Assert.Equal(
            NewEntry("k", 1, "g"), await record.WriteAsync(NewEntry("k", 1, "g")).Within());
        await UntilIdleAsync();
        Assert.Equal(NewEntry("k", 1, "g"), await GetAsync<Entry>("k"));
        Assert.Equal(NewEntry("k", 1, "g"), await record.ReadAsync().Within());
        Assert.True(await record.DeleteAsync().Within());
        Assert.False(await record.DeleteAsync().Within());
        Assert.Empty(await GetAllAsync<Entry>());
        Assert.Null(Memento.Current);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_record_grain_joins_the_transaction_that_calls_it(bool commits)
    {
        await PutAsync(NewEntry("a", 1), NewEntry("b", 1));
        await Memento.TryTransactionAsync(async tx =>
        {
            await tx.WriteAsync(NewEntry("a", 2));
            Assert.Equal(2, (await Memento.GetRecord<Entry>("a").ReadAsync())!.Value);
            await Memento.GetRecord<Entry>("a").WriteAsync(NewEntry("a", 3));
            Assert.Equal(3, (await tx.ReadAsync<Entry>("a"))!.Value);
            Assert.True(await Memento.GetRecord<Entry>("b").DeleteAsync());
            Assert.Null(await tx.ReadAsync<Entry>("b"));
            await Memento.GetRecord<Entry>("c").WriteAsync(NewEntry("c", 1));
            await AssertViewAsync(tx, NewEntry("a", 3), NewEntry("c", 1));
            if (!commits) tx.Abort();
        }).Within();

        Entry[] expected = commits
            ? [NewEntry("a", 3), NewEntry("c", 1)]
            : [NewEntry("a", 1), NewEntry("b", 1)];
        Assert.Equal(expected, InOrder(await GetAllAsync<Entry>()));
    }

    [Fact]
    public async Task A_transaction_of_record_grains_alone_commits()
    {
        await Memento.TransactionAsync(async _ =>
        {
            await Memento.GetRecord<Entry>("a").WriteAsync(NewEntry("a", 1));
            await Memento.GetRecord<Entry>("b").WriteAsync(NewEntry("b", 1));
        }).Within();
        Assert.Equal(2, (await GetAllAsync<Entry>()).Count);
    }

    [Fact]
    public async Task Record_grains_have_keys_of_every_kind()
    {
        var hall = Guid.NewGuid();
        await Memento.GetRecord<Seat>((hall, -7L)).WriteAsync(NewSeat(hall, -7, "guest")).Within();
        Assert.Equal("guest", (await GetAsync<Seat>((hall, -7)))!.Guest);
        await Memento.GetRecord<Ticket>(900_001).WriteAsync(
            new Ticket { Id = 900_001, Title = "t" }).Within();
        Assert.Equal("t", (await Memento.GetRecord<Ticket>(900_001L).ReadAsync())!.Title);
        await Memento.GetRecord<Entry>("ä/ /").WriteAsync(NewEntry("ä/ /", 1)).Within();
        Assert.Equal(1, (await GetAsync<Entry>("ä/ /"))!.Value);
        await PutAsync(NewTag("rose", "red"), NewTag("rose", "old"));
        Assert.Equal("red", (await Memento.GetRecord<Tag>("rose").ReadAsync())!.Word);
        Assert.True(await Memento.GetRecord<Tag>("rose").DeleteAsync());
        Assert.Empty(await GetAllAsync<Tag>());
        var profile = new Profile { Id = Guid.NewGuid(), Name = "Ann", Friends = ["Bob"] };
        Spoil(await Memento.GetRecord<Profile>(profile.Id).WriteAsync(profile).Within());
        Spoil((await Memento.GetRecord<Profile>(profile.Id).ReadAsync())!);
        await Memento.TransactionAsync(tx => AssertUnspoiledAsync(tx, profile.Id)).Within();
    }

    [Fact]
    public async Task A_record_grain_refuses_a_record_with_another_key()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(
            () => Memento.GetRecord<Entry>("a").WriteAsync(NewEntry("b", 1)).Within());
        Assert.Contains("record grain of key 'a'", error.Message, StringComparison.Ordinal);
        Assert.Contains("the key 'b'", error.Message, StringComparison.Ordinal);
        Assert.Empty(await GetAllAsync<Entry>());
    }

    [Fact]
    public async Task A_record_grain_reports_a_unique_value_that_is_taken()
    {
        await PutAsync(new Ticket { Id = 900_002, Title = "t", Code = "c" });
        var error = await Assert.ThrowsAsync<UniqueIndexException>(
            () => Memento.GetRecord<Ticket>(900_003).WriteAsync(
                new Ticket { Id = 900_003, Title = "u", Code = "c" }).Within());
        Assert.Equal(("Code", (object)900_002L), (error.Index, error.HolderKey!));
        Assert.Single(await GetAllAsync<Ticket>());
    }

    [Fact]
    public async Task A_record_grain_alone_waits_for_the_transaction_that_holds_its_key()
    {
        OpenTransaction older = await OpenAsync();
        await older.Tx.WriteAsync(NewEntry("k", 2)).Within();
        Task<Entry?> reading = Memento.GetRecord<Entry>("k").ReadAsync();
        await older.Tx.WriteAsync(NewEntry("k", 3)).Within();
        Assert.False(reading.IsCompleted);
        await older.CommitAsync();
        Assert.Equal(3, (await reading.Within())!.Value);
    }

    [Fact]
    public async Task A_conflict_of_a_record_grain_runs_the_body_again()
    {
        OpenTransaction older = await OpenAsync();
        await older.Tx.WriteAsync(NewEntry("k", 2)).Within();
        await Assert.ThrowsAsync<TransactionConflictException>(() => Memento.TransactionAsync(
            async _ => await Memento.GetRecord<Entry>("k").ReadAsync(), Once).Within());

        int runs = 0;
        Task<Entry?> younger = Memento.TransactionAsync(async tx =>
        {
            Interlocked.Increment(ref runs);
            await tx.WriteAsync(NewEntry("own", 1));
            return await Memento.GetRecord<Entry>("k").ReadAsync();
        });
        await Waiting.UntilAsync(() => Volatile.Read(ref runs) > 1, "the body runs again");
        await older.CommitAsync();
        Assert.Equal(2, (await younger.Within())!.Value);
        Assert.Equal(2, (await GetAllAsync<Entry>()).Count);
    }

    [Fact]
    public async Task A_nested_abort_undoes_what_a_record_grain_did_in_it()
    {
        await PutAsync(NewEntry("a", 1));
        await Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(NewEntry("b", 1));
            await tx.TryNestedAsync(async inner =>
            {
                await Memento.GetRecord<Entry>("a").WriteAsync(NewEntry("a", 2));
                await Memento.GetRecord<Entry>("c").WriteAsync(NewEntry("c", 2));
                inner.Abort();
            });
            await AssertViewAsync(tx, NewEntry("a", 1), NewEntry("b", 1));
        }).Within();

        Assert.Equal(1, (await GetAsync<Entry>("a"))!.Value);
        Assert.Equal(2, (await GetAllAsync<Entry>()).Count);
    }

    [Fact]
    public async Task An_error_of_a_record_grain_undoes_the_transaction_that_called_it()
    {
        await PutAsync(new Ticket { Id = 900_004, Title = "t", Code = "c" });
        var used = Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(NewEntry("a", 1));
            await Memento.GetRecord<Ticket>(900_005).WriteAsync(
                new Ticket { Id = 900_005, Title = "u", Code = "c" });
        });
        var error = await Assert.ThrowsAnyAsync<Exception>(() => used.Within());
        Assert.Contains("unique index 'Code'", $"{error}", StringComparison.Ordinal);
        await UntilIdleAsync();
        Assert.Empty(await GetAllAsync<Entry>());
    }
}
