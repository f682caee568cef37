namespace Memento.Tests.Queries.Oracle;

/// <summary>Names the tables with indexes on several properties, and unique ones.</summary>
public sealed class Composite;
