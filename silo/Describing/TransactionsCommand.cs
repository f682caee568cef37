using System.Globalization;

namespace Memento.Silo.Describing;

/// <summary>
/// Lists the transactions over tables and transactional grains that wait for somebody, and decides
/// one of them by hand.
/// </summary>
internal static class TransactionsCommand
{
    private const string Warning = """
        Decide one by hand only if the grain that it waits for never comes back: if the grain has
        decided otherwise, or does so later, the tables and the grains differ, and nobody is told.
        Look into the storage of the grain first.
          --commit ID  keep what a prepared transaction has written
          --abort ID   drop it
          --forget ID  do not tell the grains of a committed transaction any more
        """;

    /// <exception cref="SiloConfigurationException">No silo answers.</exception>
    /// <exception cref="MementoException">The silo stopped answering, or has none such.</exception>
    public static async Task RunAsync(TransactionsArguments arguments, string[] others)
    {
        await using StoreConnection store = await StoreConnection.OpenAsync(
            arguments.Gateway, others, TransactionsArguments.Command);
        if (arguments.Decided is var (id, decision))
        {
            await store.Memento.DecideAsync(id, decision);
            await Console.Out.WriteLineAsync($"Transaction {id}: {decision}, as you decided.");
            return;
        }

        await WriteAsync(await store.Memento.InfoAsync(), Console.Out);
    }

    public static async Task WriteAsync(SystemInfo info, TextWriter writer)
    {
        foreach (SiloInfo silent in info.Silos.Where(static each => each.IsSilent))
            await writer.WriteLineAsync($"Silo {silent.Address}: {silent.Silence}");
        if (info.Undecided.Count == 0)
        {
            await writer.WriteLineAsync(
                "No transaction waits for a transactional grain, in the partitions that are in "
                + "memory.");
            return;
        }

        await WriteTableAsync(info, writer);
        await writer.WriteLineAsync(Warning);
    }

    public static Task WriteTableAsync(SystemInfo info, TextWriter writer)
    {
        var table = new TextTable("undecided", "state", "#for", "silo", "partitions", "waits for");
        foreach (UndecidedTransaction each in info.Undecided)
        {
            table.Add(
                each.Id.ToString(),
                each.State.ToString(),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(info.Taken - each.Since).TotalSeconds:N1} s"),
                each.Silo,
                string.Join(", ", each.Partitions),
                string.Join(", ", each.WaitsFor));
        }

        return table.WriteAsync(writer);
    }
}
