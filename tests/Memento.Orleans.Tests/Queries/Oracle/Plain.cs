namespace Memento.Tests.Queries.Oracle;

/// <summary>Names the tables without an index.</summary>
public sealed class Plain;
