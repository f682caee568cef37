namespace Memento.Tests.Tables;

[Table(Type = TableType.OrderedSet, AutoIncrement = true, Storage = TableStorage.Disk)]
internal sealed record Movie
{
    [PrimaryKey]
    public long Id { get; init; }

    public required string Title { get; init; }

    [Index]
    public string? Director { get; init; }

    [Index]
    public int? Year { get; init; }
}
