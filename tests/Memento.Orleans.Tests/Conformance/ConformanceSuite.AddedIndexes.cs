using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task Adding_an_index_and_removing_it_changes_no_answer()
    {
        await PutAsync([.. Enumerable.Range(0, 60).Select(i => NewEntry($"k{i}", i % 7, "g"))]);
        IReadOnlyList<string> before = await NamesOfValueAsync(3, index: null);
        Assert.Equal(9, before.Count);

        await Memento.Tables.AddIndexAsync<Entry>(entry => entry.Value).Within();
        try
        {
            Assert.Contains(
                new IndexInfo("Value", unique: false),
                (await Memento.Tables.InfoAsync<Entry>()).Indexes);
            Assert.Equal(before, await NamesOfValueAsync(3, index: "Value"));
            await PutAsync(NewEntry(before[0], 4, "g"), NewEntry("new", 3));
            Assert.Equal([.. before.Skip(1), "new"], await NamesOfValueAsync(3, index: "Value"));
        }
        finally
        {
            await Memento.Tables.RemoveIndexAsync<Entry>("Value").Within();
        }

        Assert.DoesNotContain(
            "Value", (await Memento.Tables.InfoAsync<Entry>()).Indexes.Select(index => index.Name));
        Assert.Equal([.. before.Skip(1), "new"], await NamesOfValueAsync(3, index: null));
    }

    [Fact]
    public async Task A_composite_index_can_be_added()
    {
        await PutAsync([.. Enumerable.Range(0, 20).Select(i => NewSeat(i) with { Guest = "g" })]);
        await Memento.Tables.AddIndexAsync<Seat>(["Guest", "Number"]).Within();
        try
        {
            QueryExplanation explanation = await Memento.TransactionAsync(async tx => await tx
                .Query<Seat>()
                .Where(seat => seat.Guest == "g" && seat.Number >= 18)
                .ExplainAsync()).Within();
            Assert.Equal(
                ("Guest_Number", 2, 2), (explanation.Index, explanation.Read, explanation.Found));
        }
        finally
        {
            await Memento.Tables.RemoveIndexAsync<Seat>(["Guest", "Number"]).Within();
        }
    }

    [Fact]
    public async Task A_unique_index_that_is_added_refuses_from_then_on()
    {
        await PutAsync(
            NewSeat(1) with { Guest = "a" }, NewSeat(2) with { Guest = "b" }, NewSeat(3));
        await Memento.Tables.AddIndexAsync<Seat>("Number", unique: true).Within();
        try
        {
            Seat other = NewSeat(2) with { Hall = Halls[1] };
            UniqueIndexException error = await Assert.ThrowsAsync<UniqueIndexException>(
                () => PutAsync(other));
            Assert.Equal((Halls[0], 2), error.HolderKey);

            await Memento.TransactionAsync(
                async tx => await tx.DeleteAsync<Seat>((Halls[0], 2))).Within();
            await PutAsync(other);
        }
        finally
        {
            await Memento.Tables.RemoveIndexAsync<Seat>("Number").Within();
        }

        await PutAsync(NewSeat(2));
    }

    [Fact]
    public async Task A_writer_hears_that_an_index_was_made_again_and_is_not_unique_any_more()
    {
        IMemento silo = fixture.OtherSilo;
        await Memento.Tables.AddIndexAsync<Entry>("Value", unique: true).Within();
        await PutAsync(NewEntry("a", 1));
        await silo.Tables.RemoveIndexAsync<Entry>("Value").Within();
        await silo.Tables.AddIndexAsync<Entry>("Value").Within();
        try
        {
            await PutAsync(NewEntry("b", 1));
            Assert.Equal(["a", "b"], await NamesOfValueAsync(1, index: "Value"));
        }
        finally
        {
            await silo.Tables.RemoveIndexAsync<Entry>("Value").Within();
        }

        // A client that does not know the change yet learns of it when it writes.
        await PutAsync(NewEntry("c", 1));
    }

    [Fact]
    public async Task A_unique_index_that_finds_duplicates_is_not_added()
    {
        await PutAsync(NewEntry("a", 1, "x"), NewEntry("b", 2, "x"), NewEntry("c", 2, "y"));

        UniqueIndexException error = await Assert.ThrowsAsync<UniqueIndexException>(
            () => Memento.Tables.AddIndexAsync<Entry>("Value", unique: true).Within());

        Assert.Equal(("Entry", "Value", 2L), (error.Table, error.Index, error.Value));
        Assert.DoesNotContain(
            "Value", (await Memento.Tables.InfoAsync<Entry>()).Indexes.Select(index => index.Name));
        await PutAsync(NewEntry("d", 2, "z"));
        Assert.Equal(["b", "c", "d"], await NamesOfValueAsync(2, index: null));
    }

    [Fact]
    public async Task Indexes_that_cannot_be_are_refused()
    {
        ArgumentException unknown = await Assert.ThrowsAsync<ArgumentException>(
            () => Memento.Tables.AddIndexAsync<Entry>("Colour").Within());
        Assert.Contains("Colour", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("Name, Value, Group", unknown.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(
            () => Memento.Tables.AddIndexAsync<Profile>("Friends").Within());
        await Assert.ThrowsAsync<ArgumentException>(
            () => Memento.Tables.AddIndexAsync<Tag>("Weight", unique: true).Within());

        MementoException there = await Assert.ThrowsAsync<MementoException>(
            () => Memento.Tables.AddIndexAsync<Entry>("Group").Within());
        Assert.Contains("has the index 'Group'", there.Message, StringComparison.Ordinal);

        ArgumentException absent = await Assert.ThrowsAsync<ArgumentException>(
            () => Memento.Tables.RemoveIndexAsync<Entry>("Value").Within());
        Assert.Contains(
            "has no index 'Value'. It has Group", absent.Message, StringComparison.Ordinal);

        await Assert.ThrowsAsync<MementoException>(() => Memento.TransactionAsync(
            async tx => await Memento.Tables.AddIndexAsync<Entry>("Value")).Within());
    }

    [Fact]
    public async Task Indexes_come_and_go_while_others_read_and_write()
    {
        const int Keys = 40;
        await PutAsync([.. Enumerable.Range(0, Keys).Select(i => NewEntry($"k{i:00}", i, "g"))]);
        using var stop = new CancellationTokenSource();
        Task[] others =
        [
            .. Enumerable.Range(0, 3).Select(worker => Task.Run(async () =>
            {
                var random = new Random(worker);
                while (!stop.IsCancellationRequested)
                {
                    await SwapAsync(random.Next(Keys), random.Next(Keys));
                    Assert.Equal(Keys, await CountFromAsync(0));
                }
            })),
        ];

        for (int round = 0; round < 5; round++)
        {
            await Memento.Tables.AddIndexAsync<Entry>("Value", unique: round % 2 == 0).Within();
            Assert.Equal(Keys / 2, await CountFromAsync(Keys / 2));
            await Memento.Tables.RemoveIndexAsync<Entry>("Value").Within();
        }

        await stop.CancelAsync();
        await Task.WhenAll(others).Within();
        Assert.Equal(
            Enumerable.Range(0, Keys).Select(i => (long)i),
            (await GetAllAsync<Entry>()).Select(static entry => entry.Value).Order());
    }

    /// <summary>Swaps the values of two records, by way of a value that no record has.</summary>
    private Task SwapAsync(int one, int other)
        => Memento.TransactionAsync(async tx =>
        {
            Entry first = (await tx.ReadAsync<Entry>($"k{one:00}", LockMode.Write))!;
            Entry second = (await tx.ReadAsync<Entry>($"k{other:00}", LockMode.Write))!;
            if (one == other) return;

            await tx.WriteAsync(first with { Value = -1 - first.Value });
            await tx.WriteAsync(second with { Value = first.Value });
            await tx.WriteAsync(first with { Value = second.Value });
        }).Within();

    private Task<long> CountFromAsync(long least)
        => Memento.TransactionAsync(async tx =>
            await tx.Query<Entry>().Where(entry => entry.Value >= least).CountAsync()).Within();

    private Task<IReadOnlyList<string>> NamesOfValueAsync(long value, string? index)
        => Memento.TransactionAsync<IReadOnlyList<string>>(async tx =>
        {
            ITableQuery<Entry> query = tx.Query<Entry>().Where(entry => entry.Value == value);
            Assert.Equal(index, (await query.ExplainAsync()).Index);
            return [.. (await query.Select(static entry => entry.Name).ToListAsync())
                .Order(StringComparer.Ordinal)];
        }).Within();
}
