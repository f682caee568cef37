using System.Globalization;

namespace Memento.Silo.Describing;

/// <summary>Writes a description of the store as tables of text.</summary>
internal static class InfoReport
{
    /// <summary>How many transactions and locks are written.</summary>
    private const int MostRows = 40;

    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    public static async Task WriteAsync(SystemInfo info, TextWriter writer)
    {
        await writer.WriteLineAsync(Text($"""
            Memento.Orleans at {info.Taken:yyyy-MM-dd HH:mm:ss} UTC

              storage   {info.Storage ?? "none: all tables are in ram"}
              commits   {info.Commits:N0}
              restarts  {info.Restarts:N0}
              aborts    {Describe(info.AbortsByReason)}

            """));
        await WriteSilosAsync(info, writer);
        await WriteTablesAsync(info, writer);
        if (info.Transactions.Count > 0) await WriteTransactionsAsync(info, writer);
        if (info.Undecided.Count > 0) await TransactionsCommand.WriteTableAsync(info, writer);
        if (info.Locks.Count > 0) await WriteLocksAsync(info, writer);
        await writer.FlushAsync();
    }

    private static Task WriteSilosAsync(SystemInfo info, TextWriter writer)
    {
        var table = new TextTable(
            "silo", "#partitions", "#records", "#memory", "#running", "#locks", "#commits",
            "#restarts", "#aborts", "#journal", "#queue", "lease", "name");
        foreach (SiloInfo silo in info.Silos)
        {
            if (silo.IsSilent)
            {
                table.Add(silo.Address, "", "", "", "", "", "", "", "", "", "", "", silo.Silence!);
                continue;
            }

            table.Add(
                silo.Address,
                Text($"{silo.Partitions.Count:N0}"),
                Text($"{silo.Records:N0}"),
                Size(silo.Bytes),
                Text($"{silo.Transactions:N0}"),
                Text($"{silo.Locks:N0}"),
                Text($"{silo.Commits:N0}"),
                Text($"{silo.Restarts:N0}"),
                Text($"{silo.AbortsByReason.Values.Sum():N0}"),
                silo.Journal is { } journal ? Text($"{journal.Durable:N0}") : "-",
                silo.Journal is { } queue ? Describe(queue) : "-",
                Describe(silo.Lease, info.Taken),
                silo.Name ?? "");
        }

        return table.WriteAsync(writer);
    }

    private static Task WriteTablesAsync(SystemInfo info, TextWriter writer)
    {
        var table = new TextTable(
            "table", "type", "storage", "#records", "#memory", "#partitions", "partitions lost",
            "indexes");
        foreach (TableInfo each in info.Tables)
        {
            table.Add(
                each.Name,
                each.Type.ToString(),
                each.Storage.ToString(),
                Text($"{each.Size:N0}"),
                Size(each.Memory),
                Text($"{each.Partitions.Count:N0}"),
                each.LostAt is { } at
                    ? Text($"{each.Partitions.Count(static part => part.LostAt is not null)} ")
                        + Text($"({at:yyyy-MM-dd HH:mm:ss})")
                    : "-",
                string.Join(", ", each.Indexes.Select(static index => index.Name)));
        }

        return table.WriteAsync(writer);
    }

    private static Task WriteTransactionsAsync(SystemInfo info, TextWriter writer)
    {
        var table = new TextTable("transaction", "#age", "#left", "runs in", "state");
        foreach (TransactionDescription each in info.Transactions)
        {
            string state = each.IsCommitting ? "commits" : "runs";
            if (each.Waits.Count > 0)
            {
                state = string.Join("; ", each.Waits.Select(static wait =>
                    $"waits for {wait.Resource} in {wait.Silo}"
                    + (wait.BlockedBy is { } other ? $", behind {other}" : "")));
            }

            table.Add(
                each.Id.ToString(),
                Seconds(each.Age),
                Seconds(each.Remaining),
                each.Silo ?? "a client",
                state);
        }

        return table.WriteAsync(writer, MostRows);
    }

    private static Task WriteLocksAsync(SystemInfo info, TextWriter writer)
    {
        var table = new TextTable("locked", "silo", "held by", "asked for by");
        foreach (LockDescription each in info.Locks)
        {
            table.Add(
                $"{each.Resource} (partition {each.Partition})",
                each.Silo ?? "",
                Describe(each.Holders),
                Describe(each.Waiters));
        }

        return table.WriteAsync(writer, MostRows);
    }

    private static string Describe(IReadOnlyDictionary<string, long> aborts)
        => aborts.Count == 0
            ? "0"
            : string.Join(", ", aborts.OrderBy(static each => each.Key, StringComparer.Ordinal)
                .Select(static each => Text($"{each.Key} {each.Value:N0}")));

    private static string Describe(JournalInfo journal)
        => Text($"{journal.Queue:N0}")
            + (journal.IsInDoubt ? " (in doubt)" : journal.IsSlow ? " (slow)" : "");

    private static string Describe(LeaseInfo? lease, DateTimeOffset now) => lease switch
    {
        null => "-",
        { IsValid: true, Until: { } until } => $"{Seconds(until - now)} more",
        _ => "has run out",
    };

    private static string Describe(IReadOnlyList<LockPartyDescription> parties)
        => string.Join(", ", parties.Select(
            static each => $"{each.Transaction} ({each.Mode})"));

    private static string Seconds(TimeSpan time) => Text($"{time.TotalSeconds:N1} s");

    private static string Size(long bytes)
    {
        double size = bytes;
        int unit = 0;
        for (; size >= 1024 && unit < Units.Length - 1; unit++)
            size /= 1024;
        return unit == 0 ? Text($"{bytes} B") : Text($"{size:N1} {Units[unit]}");
    }

    private static string Text(FormattableString text)
        => text.ToString(CultureInfo.InvariantCulture);
}
