namespace Memento.Tests.Faults;

/// <summary>The receipt of a transfer: balances must be the sum of the receipts.</summary>
[Table(
    Type = TableType.OrderedSet,
    AutoIncrement = true,
    Storage = TableStorage.Disk,
    Partitions = 4)]
public sealed record Receipt
{
    public long Id { get; init; }

    public int From { get; init; }

    public int To { get; init; }

    public long Amount { get; init; }

    [Index(Unique = true)] public string? Token { get; init; }
}
