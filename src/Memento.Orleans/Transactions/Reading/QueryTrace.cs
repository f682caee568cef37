using Memento.Partitions;
using Memento.Queries.Plans;
using Memento.Tables;

namespace Memento.Transactions.Reading;

/// <summary>Collects how partitions answer a query, for its explanation.</summary>
internal sealed class QueryTrace(TableDefinition table, QueryPlan plan)
{
    private readonly Dictionary<int, int> _ways = [];
    private readonly HashSet<int> _whole = [];
    private readonly long[] _locked = new long[plan.Ways.Count];

    /// <summary>How many records the partitions have read.</summary>
    public long Read { get; private set; }

    /// <summary>The way that most partitions took.</summary>
    public AccessPath Way => Taken().FirstOrDefault() is { Path: { } path } ? path : plan.Path;

    public void Add(int partition, Chunk chunk)
    {
        _ways[partition] = chunk.Way;
        _locked[chunk.Way] += chunk.Locked;
        if (chunk.LocksPartition) _whole.Add(partition);
        Read += chunk.Read;
    }

    /// <summary>The way in words, or each way with the number of partitions that took it.</summary>
    public string DescribeWays()
    {
        (AccessPath Path, int Partitions)[] taken = [.. Taken()];
        return taken.Length <= 1
            ? plan.Along(Way).DescribeWay()
            : string.Join(
                "; ",
                taken.Select(each =>
                    $"in {Count(each.Partitions, "partition")} "
                    + plan.Along(each.Path).DescribeWay()));
    }

    /// <summary>The locks until the end of the transaction, in words.</summary>
    /// <param name="lookup">
    /// The plan that looked up keys in a unique index, if there was one.
    /// </param>
    public string DescribeLocks(QueryPlan? lookup)
    {
        List<string> locks = [];
        if (lookup is not null)
            locks.Add($"{Count(lookup.Ranges.Count, "value")} of index {lookup.Index!.Name}");

        if (_whole.Count == table.PartitionCount)
            locks.Add("the table, against writers");
        else if (_whole.Count > 0)
            locks.Add($"{Count(_whole.Count, "partition")}, against writers");

        for (int way = 0; way < _locked.Length; way++)
        {
            if (_locked[way] > 0) locks.Add(DescribeLocks(plan.Ways[way], _locked[way]));
        }

        return locks.Count == 0 ? "nothing" : string.Join("; ", locks);
    }

    private static string DescribeLocks(AccessPath way, long count)
        => way switch
        {
            { Keys: not null } => Count(count, "key"),
            { Index: { } index } => $"{Count(count, "range")} of index {index.Name}",
            _ => $"{Count(count, "range")} of the keys",
        };

    private IEnumerable<(AccessPath Path, int Partitions)> Taken()
        => _ways.Values.CountBy(static way => way)
            .OrderByDescending(static each => each.Value).ThenBy(static each => each.Key)
            .Select(each => (plan.Ways[each.Key], each.Value));

    private static string Count(long count, string unit)
        => count == 1 ? $"1 {unit}" : $"{count} {unit}s";
}
