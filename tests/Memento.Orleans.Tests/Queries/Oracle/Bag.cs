namespace Memento.Tests.Queries.Oracle;

/// <summary>Names a bag without an index.</summary>
public sealed class Bag;
