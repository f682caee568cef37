using Memento.Storage.Sqlite;

namespace Memento.Tests.Sqlite;

/// <summary>Which data and which catalog belong together, case by case.</summary>
public sealed class SqlitePairTests
{
    private const long Opening = 7;

    private static readonly Guid Own = Guid.NewGuid();
    private static readonly Guid Other = Guid.NewGuid();
    private static readonly SqliteSettings Settings =
        SqliteSettings.From("Data Source=/data/movies.db", new SqliteOptions());

    private static readonly SqliteDataMark NewData = new(null, 0, true, false, false);
    private static readonly SqliteDataMark FirstSchemaData = new(null, Opening, false, true, false);
    private static readonly SqliteDataMark Data = new(Own, Opening, false, true, true);
    private static readonly SqliteCatalogMark NoCatalog = new(null, 0, false, false);
    private static readonly SqliteCatalogMark FirstSchemaCatalog = new(null, 0, false, true);
    private static readonly SqliteCatalogMark Catalog = new(Own, Opening, false, true);

    [Fact]
    public void What_is_new_or_of_the_first_schema_gets_an_identity()
    {
        Assert.NotEqual(Guid.Empty, SqlitePair.Require(Settings, NewData, NoCatalog));
        Assert.NotEqual(
            Guid.Empty, SqlitePair.Require(Settings, FirstSchemaData, FirstSchemaCatalog));

        // A first start that was cut off before anything was written.
        Assert.NotEqual(Guid.Empty, SqlitePair.Require(
            Settings, NewData, new SqliteCatalogMark(Own, 1, true, false)));
        Assert.NotEqual(Guid.Empty, SqlitePair.Require(
            Settings, FirstSchemaData with { IsUsed = false }, NoCatalog));
    }

    [Fact]
    public void A_pair_keeps_its_identity_wherever_a_crash_cut_an_opening_off()
    {
        Assert.Equal(Own, SqlitePair.Require(Settings, Data, Catalog));
        Assert.Equal(Own, SqlitePair.Require(Settings, Data, Catalog with { IsOpening = true }));
        Assert.Equal(Own, SqlitePair.Require(
            Settings, Data, Catalog with { Opening = Opening + 1, IsOpening = true }));
        Assert.Equal(Own, SqlitePair.Require(
            Settings,
            FirstSchemaData,
            Catalog with { Opening = Opening + 1, IsOpening = true }));
    }

    [Fact]
    public void Data_that_know_their_tables_need_no_catalog()
    {
        Assert.Equal(Own, SqlitePair.Require(Settings, Data, NoCatalog));
        Assert.Equal(Own, SqlitePair.Require(
            Settings, Data, new SqliteCatalogMark(Other, 3, false, false)));
    }

    [Fact]
    public void What_does_not_belong_together_is_refused_by_both_names()
    {
        AssertRefused("missing or empty, but", NewData, Catalog);
        AssertRefused("missing or empty, but", NewData, FirstSchemaCatalog);
        AssertRefused("earlier version", FirstSchemaData, NoCatalog);
        AssertRefused("different stores", Data, Catalog with { Identity = Other });
        AssertRefused("different stores", Data, FirstSchemaCatalog);
        AssertRefused("different stores", FirstSchemaData, Catalog);
        AssertRefused("older", Data, Catalog with { Opening = Opening - 1 });
        AssertRefused("newer", Data, Catalog with { Opening = Opening + 1 });
        AssertRefused("newer", Data, Catalog with { Opening = Opening + 2, IsOpening = true });
    }

    [Fact]
    public void To_remove_the_catalog_is_advised_only_where_it_can_be_made_again()
    {
        SqliteCatalogMark foreign = Catalog with { Identity = Other };
        Assert.Contains("made again", Refusal(Data, foreign), StringComparison.Ordinal);
        Assert.DoesNotContain(
            "made again", Refusal(FirstSchemaData, foreign), StringComparison.Ordinal);
    }

    private static void AssertRefused(
        string reason, SqliteDataMark data, SqliteCatalogMark catalog)
    {
        string message = Refusal(data, catalog);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains(Settings.Path, message, StringComparison.Ordinal);
        Assert.Contains(Settings.CatalogPath, message, StringComparison.Ordinal);
    }

    private static string Refusal(SqliteDataMark data, SqliteCatalogMark catalog) =>
        Assert.Throws<StorageException>(() => SqlitePair.Require(Settings, data, catalog)).Message;
}
