namespace Memento.Tests.Queries.Oracle;

/// <summary>Names the tables with indexes on one property each.</summary>
public sealed class Single;
