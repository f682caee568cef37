namespace Memento.Benchmarks;

/// <summary>
/// The number of records at the start of a workload. A group has the same number of records in a
/// table of any size, so the result of a lookup does not grow with the table.
/// </summary>
/// <param name="Records">The records, with keys from 0 on; of whole groups.</param>
internal readonly record struct TableSize(int Records)
{
    /// <summary>The size of mnesia_peer.erl, with which other sizes are compared.</summary>
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
