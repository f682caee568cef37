namespace Memento.Tests.Queries;

/// <summary>A struct in a record.</summary>
public readonly record struct Point(int X, int Y);
