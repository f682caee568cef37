namespace Memento.Tests.Sqlite;

public sealed class CatalogState
{
    public string? Name { get; set; }
}
