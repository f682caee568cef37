using Memento.Messages;

namespace Memento.Diagnostics.Inspection;

/// <summary>Makes one picture of what the silos tell.</summary>
internal static class SystemPicture
{
    /// <param name="taken">When the silos were asked.</param>
    /// <param name="reports">What those told that answered.</param>
    /// <param name="silent">The others.</param>
    public static SystemInfo Join(
        DateTimeOffset taken,
        IReadOnlyCollection<SiloReport> reports,
        IEnumerable<SiloInfo> silent)
        => new()
        {
            Taken = taken,
            Silos =
            [
                .. reports.Select(static each => each.Silo).Concat(silent)
                    .OrderBy(static each => each.Address, StringComparer.Ordinal),
            ],
            Tables =
            [
                .. reports.SelectMany(static each => each.Tables)
                    .GroupBy(static each => each.Name, StringComparer.Ordinal)
                    .OrderBy(static each => each.Key, StringComparer.Ordinal)
                    .Select(static each => WithPartitions(
                        each.First(), each.SelectMany(static part => part.Partitions))),
            ],
            Transactions =
            [
                .. reports.SelectMany(static each => each.Running.Transactions)
                    .GroupBy(static each => each.Id)
                    .Select(static each => Join([.. each]))
                    .OrderBy(static each => each.Began),
            ],
            Locks =
            [
                .. reports.SelectMany(static each => each.Running.Locks)
                    .OrderBy(static each => each.Table, StringComparer.Ordinal)
                    .ThenBy(static each => each.Partition),
            ],
            Undecided =
            [
                .. reports.SelectMany(static each => each.Undecided)
                    .OrderBy(static each => each.Since),
            ],
        };

    public static TableInfo WithPartitions(TableInfo table, IEnumerable<PartitionInfo> partitions)
    {
        PartitionInfo[] all = [.. partitions.OrderBy(static each => each.Number)];
        return table with
        {
            Partitions = all,
            Size = all.Sum(static each => each.Size),
            Memory = all.Sum(static each => each.Memory),
            Unreadable = all.Sum(static each => each.Unreadable),
            LostAt = all.Max(static each => each.LostAt),
        };
    }

    /// <summary>
    /// A transaction as several silos know it. The one that runs its body knows the most, but not
    /// what it waits for in the others.
    /// </summary>
    private static TransactionDescription Join(TransactionDescription[] parts)
    {
        TransactionDescription own = parts.FirstOrDefault(static each => !each.IsRemote)
            ?? parts[0];
        return own with
        {
            Age = parts.Max(static each => each.Age),
            IsCommitting = parts.Any(static each => each.IsCommitting),
            Partitions =
            [
                .. parts.SelectMany(static each => each.Partitions).Distinct()
                    .Order(StringComparer.Ordinal),
            ],
            Waits = [.. parts.SelectMany(static each => each.Waits)],
        };
    }
}
