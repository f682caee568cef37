namespace Memento.Tests.Consistency;

/// <summary>A list that transactions append to, in ram.</summary>
[Table(Storage = TableStorage.Ram, Partitions = 3)]
public sealed record RamChain
{
    public int Id { get; init; }

    public int[] Values { get; init; } = [];
}
