using Memento.Tables.Documents;
using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task A_table_of_a_base_type_keeps_and_gives_the_derived_types()
    {
        Animal dog = await Memento.Table<Animal>().PutAsync(
            new Dog { Name = "Rex", Tag = "r", Breed = "pug" });
        Animal cat = await Memento.Table<Animal>().PutAsync(
            new Cat { Name = "Tom", Toys = ["ball"] });
        Animal other = await Memento.Table<Animal>().PutAsync(new Animal { Name = "Rex" });
        Assert.True(dog.Id > 0 && cat.Id > dog.Id && other.Id > cat.Id);

        await Memento.TransactionAsync(async tx =>
        {
            Assert.Equal(dog, await tx.ReadAsync<Animal>(dog.Id));
            Assert.Equal("pug", Assert.IsType<Dog>(await tx.ReadAsync<Animal>(dog.Id)).Breed);
            Assert.Equal(["ball"], Assert.IsType<Cat>(await tx.ReadAsync<Animal>(cat.Id)).Toys);
            Assert.Equal(
                [typeof(Dog), typeof(Cat), typeof(Animal)],
                (await tx.AllAsync<Animal>()).Select(static each => each.GetType()));
            Assert.Equal([dog, other], await tx.SelectAsync<Animal>(each => each.Name == "Rex"));
            Assert.Equal([dog], await tx.MatchAsync<Animal>(new { Tag = "r" }));
        }).Within();
    }

    [Fact]
    public async Task A_record_of_a_derived_type_is_changed_as_what_it_is()
    {
        ITable<Animal> table = Memento.Table<Animal>();
        Animal dog = await table.PutAsync(new Dog { Name = "Rex", Tag = "r", Breed = "pug" });
        Animal cat = await table.PutAsync(new Cat { Name = "Tom", Toys = ["ball"] });

        await table.UpdateAsync(dog.Id, static each => each with { Name = "Max" });
        await table.UpdateAsync(
            cat.Id, static each => (Cat)each with { Toys = [.. ((Cat)each).Toys, "mouse"] });
        Animal renamed = (await Memento.GetRecord<Animal>(dog.Id).ReadAsync().Within())!;
        Assert.Equal(new Dog { Id = dog.Id, Name = "Max", Tag = "r", Breed = "pug" }, renamed);
        Assert.Equal(["ball", "mouse"], ((Cat)(await GetAsync<Animal>(cat.Id))!).Toys);

        Animal written = await Memento.GetRecord<Animal>(dog.Id)
            .WriteAsync((Dog)renamed with { Breed = "boxer" }).Within();
        Assert.Equal("boxer", Assert.IsType<Dog>(written).Breed);
        Assert.Equal(written, await GetAsync<Animal>(dog.Id));
        await UntilIdleAsync();
    }

    [Fact]
    public async Task A_record_of_a_derived_type_equals_another_in_all_its_properties()
    {
        var dog = (Dog)await Memento.Table<Animal>()
            .PutAsync(new Dog { Name = "Rex", Breed = "pug" });
        await Memento.TransactionAsync(async tx =>
        {
            Assert.False(await tx.DeleteRecordAsync<Animal>(dog with { Breed = "boxer" }));
            Assert.False(await tx.DeleteRecordAsync(new Animal { Id = dog.Id, Name = "Rex" }));
            Assert.True(await tx.DeleteRecordAsync<Animal>(dog with { }));
        }).Within();
        Assert.Empty(await GetAllAsync<Animal>());
    }

    [Fact]
    public async Task A_derived_type_that_its_base_type_does_not_name_is_refused_when_written()
    {
        var snake = new Snake { Id = 5, Name = "Kaa", Length = 9 };
        foreach (Func<Task> write in (Func<Task>[])
        [
            () => Memento.Table<Animal>().PutAsync(snake).AsTask(),
            () => Memento.TransactionAsync(async tx => await tx.DeleteRecordAsync<Animal>(snake)),
            () => Memento.GetRecord<Animal>(5).WriteAsync(snake),
        ])
        {
            var error = await Assert.ThrowsAsync<ArgumentException>(() => write().Within());
            Assert.Contains(
                "A record of type 'Snake' cannot be in table 'Animal'",
                error.Message,
                StringComparison.Ordinal);
        }

        Assert.Empty(await GetAllAsync<Animal>());
    }

    [Fact]
    public async Task What_cannot_be_stored_or_sent_is_refused_and_stops_nobody_else()
    {
        await PutAsync(NewEntry("good", 1));
        foreach (Entry bad in (Entry[])
            [
                NewEntry("half \uD83D", 1),
                NewEntry("k", 1, "half \uDC00"),
                NewEntry("good", 2, "\uD83D"),
            ])
        {
            var error = await Assert.ThrowsAsync<ArgumentException>(() => PutAsync(bad));
            Assert.Contains(
                bad.Group is null ? "'Name' has half" : "'Group' has half",
                error.Message,
                StringComparison.Ordinal);
        }

        IMemento client = await fixture.ConnectAsync();
        Assert.Equal(
            [NewEntry("good", 1)], await client.Table<Entry>().WhereAsync(each => each.Value > 0));
    }

    [Fact]
    public async Task Large_records_come_in_as_many_messages_as_they_take()
    {
        const int Large = 700_000;
        Entry[] entries =
        [
            .. Enumerable.Range(0, 24).Select(
                number => NewEntry(
                    $"{number:00}", number, new string((char)('a' + number), Large))),
        ];
        await PutAsync(entries);

        await Memento.TransactionAsync(async tx =>
        {
            Assert.Equal(entries, InOrder(await tx.AllAsync<Entry>()));
            Assert.Equal(
                entries.Reverse(),
                await tx.Query<Entry>().OrderByDescending(entry => entry.Value).ToListAsync());
            string[] names = [.. entries.Select(static entry => entry.Name)];
            Assert.Equal(
                entries, InOrder(await tx.SelectAsync<Entry>(entry => names.Contains(entry.Name))));
            Assert.Equal(
                20, (await tx.SelectAsync<Entry>(entry => entry.Value >= 0, limit: 20)).Count);
        }).Within();
    }

    [Fact]
    public async Task What_is_longer_than_a_document_may_be_is_refused_and_stops_nobody_else()
    {
        const int Most = DocumentFormat.MaxBytes;
        IMemento client = await fixture.ConnectAsync();
        await PutAsync(new Parcel { Id = 1, Parts = [Guid.Empty] });

        await RefusesAsync(new Parcel { Id = 1, Parts = [.. new Guid[Most / 39]] });
        await RefusesAsync(new Parcel { Id = 2, Parts = [.. new Guid[Most / 39]] });
        await RefusesAsync(new Bulk { Bytes = new byte[Most / 4 * 3] });
        await RefusesAsync(new Bulk { Numbers = [.. Enumerable.Range(1_000_000_000, Most / 11)] });
        await RefusesAsync(new Bulk
        {
            Totals = Enumerable.Range(0, Most / 34).ToDictionary(
                static number => int.MinValue + number, static _ => long.MinValue),
        });
        await RefusesAsync(new Bulk
        {
            Reals = Enumerable.Repeat(double.MinValue, Most / 25).Where(static each => each < 0),
        });

        await Assert.ThrowsAsync<ArgumentException>(() => Memento.GetRecord<Bulk>(7)
            .WriteAsync(new Bulk { Id = 7, Bytes = new byte[Most / 4 * 3] }).Within());

        foreach (IMemento each in (IMemento[])[Memento, client])
        {
            Parcel only = Assert.Single(await each.Table<Parcel>().WhereAsync(row => row.Id > 0));
            Assert.Equal([Guid.Empty], only.Parts);
            Assert.Empty(await each.Table<Bulk>().WhereAsync(row => row.Id > 0));
        }
    }

    private async Task RefusesAsync<T>(T record)
        where T : class
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => PutAsync(record));

        Assert.Contains(
            "bytes, and may take 67,108,864; keep its parts as records of their own.",
            error.Message,
            StringComparison.Ordinal);
    }
}
