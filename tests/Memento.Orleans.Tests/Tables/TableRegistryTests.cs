using Memento.Tables;

namespace Memento.Tests.Tables;

public sealed class TableRegistryTests
{
    private static readonly TableRegistry Registry = new(
    [
        TableDefinitionReader.Read(typeof(Screening)), TableDefinitionReader.Read(typeof(Movie)),
    ]);

    [Fact]
    public void Tables_are_found_by_type_and_by_name()
    {
        Assert.Equal("Movie", Registry.Get<Movie>().Name);
        Type type = typeof(Movie);
        Assert.Same(Registry.Get<Movie>(), Registry.Get(type));
        Assert.True(Registry.TryGet("screenings", out TableDefinition? table));
        Assert.Equal(typeof(Screening), table.RecordType);
        Assert.True(Registry.TryGet(typeof(Screening), out _));
        Assert.False(Registry.TryGet("Screenings", out _));
        Assert.False(Registry.TryGet(typeof(string), out _));
        Assert.Equal(["Movie", "screenings"], Registry.Tables.Select(t => t.Name));
    }

    [Fact]
    public void A_type_that_is_not_registered_is_not_found()
    {
        var exception = Assert.Throws<TableNotFoundException>(() => Registry.Get<Lonely>());

        Assert.Equal(
            "Type 'Lonely' is not registered as a table: call AddTable<Lonely>() where AddMemento "
            + "configures this silo or client.",
            exception.Message);
    }

    [Fact]
    public void Two_tables_cannot_have_one_name_whatever_its_case()
    {
        TableDefinition lonely =
            TableDefinitionReader.Read(typeof(Lonely), new TableOptions { Name = "MOVIE" });

        var exception = Assert.Throws<InvalidTableException>(
            () => new TableRegistry([lonely, TableDefinitionReader.Read(typeof(Movie))]));

        Assert.Equal("Movie", exception.RecordType);
        Assert.Equal(
            "its name 'Movie' is also that of 'Lonely' (case does not count); give one of them "
            + "another with [Table(Name = \"…\")].",
            exception.Rule);
    }

    [Fact]
    public void A_type_is_registered_once()
    {
        TableDefinition movies = TableDefinitionReader.Read(typeof(Movie));

        var exception =
            Assert.Throws<InvalidTableException>(() => new TableRegistry([movies, movies]));

        Assert.Equal("it is registered twice; call AddTable for it once.", exception.Rule);
    }

    internal sealed record Lonely(int Id, string Name);
}
