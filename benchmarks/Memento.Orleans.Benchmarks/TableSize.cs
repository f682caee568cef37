namespace Memento.Benchmarks;

/// <summary>
/// How many records a workload begins with. A group has the same number of them in a table of any
/// size, so that what a lookup gives does not grow with the table.
/// </summary>
/// <param name="Records">The records, with keys from 0 on; of whole groups.</param>
internal readonly record struct TableSize(int Records)
{
    /// <summary>What mnesia_peer.erl has, and the size that others are compared with.</summary>
    public const int Usual = 10_000;

    /// <summary>As many groups as a range asks for.</summary>
    public const int Least = RecordsOfGroup * GroupsOfRange;

    /// <summary>Keys that are inserted begin here.</summary>
    public const int Most = 1_000_000;

    public const int RecordsOfGroup = 100;

    public const int GroupsOfRange = 10;

    public int Groups => Records / RecordsOfGroup;

    public static bool IsValid(int records)
        => records is >= Least and <= Most && records % RecordsOfGroup == 0;
}
