namespace Memento.CrashChild;

/// <summary>Says that a transfer was made: balances must be what the receipts add up to.</summary>
[Table(
    Type = TableType.OrderedSet,
    AutoIncrement = true,
    Storage = TableStorage.Disk,
    Partitions = 4)]
public sealed record CrashReceipt
{
    public long Id { get; init; }

    public int From { get; init; }

    public int To { get; init; }

    public long Amount { get; init; }

    /// <summary>Names the attempt of a worker in a round; never twice.</summary>
    public string Token { get; init; } = "";
}
