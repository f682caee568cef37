namespace Memento.Tests.Conformance;

public sealed record Account
{
    public int Id { get; init; }
    [Index] public string? Owner { get; init; }
    public long Balance { get; init; }
}

[Table(Type = TableType.OrderedSet, AutoIncrement = true, Storage = TableStorage.Disk)]
public sealed record Film
{
    [PrimaryKey] public long Id { get; init; }
    public required string Title { get; init; }
    [Index] public string? Director { get; init; }
    [Index] public int? Year { get; init; }
}

public class SmokeTests
{
    [Fact]
    public async Task It_runs()
    {
        string file = Path.Combine(Path.GetTempPath(), Guid.NewGuid() + ".db");
        await using (var host = await MementoHost.StartAsync(m => m.UseSqlite("Data Source=" + file).AddTable<Film>().AddTable<Account>()))
        {
            IMemento memento = host.Memento;
            Film film = await memento.TransactionAsync(async tx => await tx.WriteAsync(new Film { Title = "Rush", Director = "Howard" }));
            Assert.Equal(1, film.Id);
            await memento.TransactionAsync(async tx => { await tx.WriteAsync(new Account { Id = 1, Owner = "a", Balance = 3 }); });
            Assert.Equal(3, (await memento.TransactionAsync(async tx => await tx.ReadAsync<Account>(1)))!.Balance);
            var r = await memento.TryTransactionAsync(async tx => { await tx.DeleteAsync<Film>(1); tx.Abort("no"); });
            Assert.Equal("no", r.Reason);
            Assert.Single(await memento.TransactionAsync(async tx => await tx.SelectAsync<Film>(f => f.Director == "Howard")));
            Assert.Single(await memento.TransactionAsync(async tx => await tx.MatchAsync<Film>(new { Title = "Rush" })));
            Assert.NotNull(await memento.GetRecord<Film>(1).ReadAsync());
            await memento.TransactionAsync(async tx => { await memento.GetRecord<Film>(1).WriteAsync(film with { Year = 2013 }); Assert.Equal(2013, (await tx.ReadAsync<Film>(1))!.Year); });
        }
        await using (var host = await MementoHost.StartAsync(m => m.UseSqlite("Data Source=" + file).AddTable<Film>().AddTable<Account>()))
        {
            Film? film = await host.Memento.TransactionAsync(async tx => await tx.ReadAsync<Film>(1));
            Assert.Equal(2013, film!.Year);
            Assert.Null(await host.Memento.TransactionAsync(async tx => await tx.ReadAsync<Account>(1)));
            Assert.Equal(1, (await host.Memento.Tables.InfoAsync<Film>()).Size);
        }
    }
}
