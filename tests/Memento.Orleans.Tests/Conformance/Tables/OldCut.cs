namespace Memento.Tests.Conformance.Tables;

/// <summary>A scene of a film as an earlier program kept it.</summary>
[Table(Name = "Cut", Type = TableType.Bag, Storage = TableStorage.Disk)]
public sealed record OldCut([property: PrimaryKey] string Film, long Second);

/// <summary>The same in a program of today.</summary>
[Table(Name = "Cut", Type = TableType.Bag, Storage = TableStorage.Disk)]
public sealed record NewCut([property: PrimaryKey] string Film, int Second);
