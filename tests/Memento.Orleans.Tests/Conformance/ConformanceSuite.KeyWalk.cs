using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task Next_and_previous_walk_committed_and_own_keys_in_one_order()
    {
        await PutAsync(Numbered(2), Numbered(4), Numbered(6), Numbered(8));
        await Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(Numbered(1));
            await tx.WriteAsync(Numbered(5));
            await tx.WriteAsync(Numbered(9));
            await tx.DeleteAsync<Ticket>(4);
            await tx.DeleteAsync<Ticket>(8);
            await tx.WriteAsync(Numbered(7));
            await tx.DeleteAsync<Ticket>(7);

            long[] expected = [1, 2, 5, 6, 9];
            Assert.Equal(expected, await WalkAsync(tx, isBackward: false));
            Assert.Equal(expected.Reverse(), await WalkAsync(tx, isBackward: true));
            Assert.Equal(expected, (await tx.AllKeysAsync<Ticket>()).Cast<long>());
            Assert.Equal(expected, (await tx.AllAsync<Ticket>()).Select(each => each.Id));
        }).Within();
    }

    [Fact]
    public async Task The_walk_goes_on_from_a_key_that_is_not_there_and_ends_with_null()
    {
        await PutAsync(Numbered(2), Numbered(4));
        await Memento.TransactionAsync(async tx =>
        {
            Assert.Equal(4L, await tx.NextKeyAsync<Ticket>(3));
            Assert.Equal(2L, await tx.PreviousKeyAsync<Ticket>(3));
            Assert.Equal(2L, await tx.NextKeyAsync<Ticket>(-5));
            Assert.Null(await tx.NextKeyAsync<Ticket>(4));
            Assert.Null(await tx.PreviousKeyAsync<Ticket>(2));
            Assert.Null(await tx.FirstKeyAsync<Seat>());
            Assert.Null(await tx.LastKeyAsync<Seat>());
            Assert.Empty(await tx.AllKeysAsync<Seat>());
        }).Within();
    }

    [Fact]
    public async Task A_bag_gives_each_key_once()
    {
        await PutAsync(
            new Tag { Subject = "a", Word = "x" },
            new Tag { Subject = "a", Word = "y" },
            new Tag { Subject = "b", Word = "x" });
        await Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new Tag { Subject = "c", Word = "z" });
            Assert.Equal(["a", "b", "c"], (await tx.AllKeysAsync<Tag>()).Cast<string>());
            Assert.Equal("b", await tx.NextKeyAsync<Tag>("a"));
            Assert.Equal("a", await tx.PreviousKeyAsync<Tag>("b"));
            Assert.Equal("c", await tx.LastKeyAsync<Tag>());
        }).Within();
    }

    [Fact]
    public async Task A_fold_goes_over_own_writes_in_key_order()
    {
        await PutAsync(Numbered(1), Numbered(3));
        string folded = await Memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(Numbered(2));
            return await tx.FoldAsync<Ticket, string>("", (text, each) => $"{text}{each.Id} ");
        }).Within();
        Assert.Equal("1 2 3 ", folded);
    }

    [Fact]
    public async Task A_locked_table_and_a_locked_absent_key_keep_others_out()
    {
        OpenTransaction locker = await OpenAsync();
        await locker.Tx.LockTableAsync<Entry>(LockMode.Write).AsTask().Within();
        await locker.Tx.LockRecordAsync<Ticket>(77, LockMode.Write).AsTask().Within();

        await Assert.ThrowsAsync<TransactionConflictException>(() => Memento.TransactionAsync(
            async tx => await tx.ReadAsync<Entry>("any"), Once).Within());
        await Assert.ThrowsAsync<TransactionConflictException>(() => Memento.TransactionAsync(
            async tx => await tx.ReadAsync<Ticket>(77), Once).Within());
        await Memento.TransactionAsync(async tx => await tx.ReadAsync<Ticket>(78), Once).Within();
        await locker.CommitAsync();
        Assert.Null(await GetAsync<Entry>("any"));
    }

    private static Ticket Numbered(long id) => new() { Id = id, Title = $"ticket {id}" };

    private static async Task<List<long>> WalkAsync(ITransaction tx, bool isBackward)
    {
        List<long> keys = [];
        object? key = isBackward
            ? await tx.LastKeyAsync<Ticket>()
            : await tx.FirstKeyAsync<Ticket>();
        while (key is not null)
        {
            keys.Add((long)key);
            key = isBackward
                ? await tx.PreviousKeyAsync<Ticket>(key)
                : await tx.NextKeyAsync<Ticket>(key);
        }

        return keys;
    }
}
