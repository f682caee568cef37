namespace Memento.CrashChild;

/// <summary>The tables of the silos of a cluster of processes.</summary>
public static class ClusterTables
{
    public static void AddTo(IMementoBuilder memento)
        => memento.AddTable<ClusterAccount>().AddTable<ClusterReceipt>().AddTable<ClusterNode>()
            .AddTable<ClusterList>().AddTable<ClusterRamList>()
            .AddTable<ClusterTill>().AddTable<ClusterRamTill>()
            .AddTable<ClusterSlip>().AddTable<ClusterRamSlip>();
}

/// <summary>An account of the bank.</summary>
[Table(Storage = TableStorage.Disk, Partitions = 6)]
public sealed record ClusterAccount
{
    public int Id { get; init; }

    public long Balance { get; init; }
}

/// <summary>A transfer that was kept; its number comes from the store.</summary>
[Table(
    Type = TableType.OrderedSet,
    AutoIncrement = true,
    Storage = TableStorage.Disk,
    Partitions = 3)]
public sealed record ClusterReceipt
{
    public long Id { get; init; }

    /// <summary>The transfer's own name, given by its caller.</summary>
    [Index(Unique = true)] public string Token { get; init; } = "";

    public int From { get; init; }

    public int To { get; init; }

    public long Amount { get; init; }
}

/// <summary>A node of the ring; the next one's id.</summary>
[Table(Storage = TableStorage.Disk, Partitions = 4)]
public sealed record ClusterNode
{
    public int Id { get; init; }

    public int Next { get; init; }
}

/// <summary>A list that transactions append to, on disk.</summary>
[Table(Storage = TableStorage.Disk, Partitions = 3)]
public sealed record ClusterList
{
    public int Id { get; init; }

    public int[] Values { get; init; } = [];
}

/// <summary>A list that transactions append to, in ram.</summary>
[Table(Storage = TableStorage.Ram, Partitions = 3)]
public sealed record ClusterRamList
{
    public int Id { get; init; }

    public int[] Values { get; init; } = [];
}
