namespace Memento.Tests.Consistency;

/// <summary>A record that transactions search in ranges, with few values.</summary>
[Table(Partitions = 3)]
[Index(nameof(Group), nameof(Value))]
public sealed record Cell
{
    public int Id { get; init; }
    public int Group { get; init; }
    [Index] public int? Value { get; init; }

    /// <summary>Another one for each write.</summary>
    public int Stamp { get; init; }
}
