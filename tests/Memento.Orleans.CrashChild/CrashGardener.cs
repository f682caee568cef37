namespace Memento.CrashChild;

/// <summary>Fills a table and clears it, and says each that was acknowledged.</summary>
internal sealed class CrashGardener(IMemento memento, int round, TextWriter output)
{
    public async Task RunAsync(long sequence)
    {
        if (sequence == 1) await memento.Tables.ClearAsync<CrashLeaf>();
        long filling = (round * 1_000_000L) + sequence;
        await memento.TransactionAsync(async tx =>
        {
            for (int id = 0; id < CrashTables.Leaves; id++)
                await tx.WriteAsync(new CrashLeaf { Id = id, Filling = filling });
        });
        Say($"filled {filling}");
        await memento.Tables.ClearAsync<CrashLeaf>();
        Say($"cleared {filling}");
    }

    private void Say(string line)
    {
        lock (output)
            output.WriteLine(line);
    }
}
