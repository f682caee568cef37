namespace Memento.Storage;

/// <summary>Where Orleans' ADO.NET grain storage finds the catalog and the sequences.</summary>
/// <param name="Invariant">The ADO.NET invariant, for example <c>System.Data.SQLite</c>.</param>
/// <param name="ConnectionString">The connection string.</param>
public sealed record CatalogStorage(string Invariant, string ConnectionString);
