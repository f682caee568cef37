namespace Memento.Tests.Conformance.Tables;

/// <summary>An object in a record.</summary>
public sealed record BookPlace(string Room, int? Shelf);
