using Memento;

namespace Cluster;

/// <summary>An account, on disk. Transfers leave the sum of all balances as it is.</summary>
[Table(Storage = TableStorage.Disk)]
public sealed record Account
{
    public int Id { get; init; }

    public long Balance { get; init; }
}

/// <summary>A transfer, written to disk in the transaction that makes it.</summary>
[Table(Storage = TableStorage.Disk)]
public sealed record Receipt
{
    public Guid Id { get; init; }

    public int From { get; init; }

    public int To { get; init; }

    public long Amount { get; init; }
}

/// <summary>A record in ram alone: those in a silo that is killed are lost.</summary>
[Table(Storage = TableStorage.Ram)]
public sealed record Note
{
    public int Id { get; init; }

    public string Text { get; init; } = "";
}
