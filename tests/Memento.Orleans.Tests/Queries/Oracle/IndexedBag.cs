namespace Memento.Tests.Queries.Oracle;

/// <summary>Names a bag with indexes of every kind.</summary>
public sealed class IndexedBag;
