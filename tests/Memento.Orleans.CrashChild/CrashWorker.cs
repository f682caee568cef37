namespace Memento.CrashChild;

/// <summary>
/// Runs one transaction after the other, and says each one that was acknowledged, after it was.
/// </summary>
internal sealed class CrashWorker(
    IMemento memento, int round, int worker, int seed, TextWriter output)
{
    private readonly Random _random = new(seed);

    public Task RunAsync(long sequence) => _random.Next(3) switch
    {
        0 => PairAsync(sequence),
        1 => ChangeCardAsync(sequence),
        _ => TransferAsync(sequence),
    };

    private async Task TransferAsync(long sequence)
    {
        int from = _random.Next(CrashTables.Accounts);
        int to = (from + 1 + _random.Next(CrashTables.Accounts - 1)) % CrashTables.Accounts;
        long amount = 1 + _random.Next(100);
        CrashReceipt receipt = await memento.TransactionAsync(async tx =>
        {
            CrashAccount source = (await tx.ReadAsync<CrashAccount>(from, LockMode.Write))!;
            CrashAccount target = (await tx.ReadAsync<CrashAccount>(to, LockMode.Write))!;
            await tx.WriteAsync(source with { Balance = source.Balance - amount });
            await tx.WriteAsync(target with { Balance = target.Balance + amount });
            return await tx.WriteAsync(new CrashReceipt
            {
                From = from,
                To = to,
                Amount = amount,
                Token = $"{round}-{worker}-{sequence}",
            });
        });
        Say($"transfer {receipt.Id} {from} {to} {amount} {receipt.Token}");
    }

    private async Task PairAsync(long sequence)
    {
        long value = (round * 1_000_000_000L) + sequence;
        await memento.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new CrashLeft { Id = worker, Value = value });
            await tx.WriteAsync(new CrashRight { Id = worker, Value = value });
        });
        Say($"pair {worker} {value}");
    }

    private async Task ChangeCardAsync(long sequence)
    {
        int id = _random.Next(CrashTables.Accounts);
        string? card = _random.Next(5) == 0 ? null : $"card-{round}-{worker}-{sequence}";
        await memento.TransactionAsync(async tx =>
        {
            CrashAccount account = (await tx.ReadAsync<CrashAccount>(id, LockMode.Write))!;
            await tx.WriteAsync(account with { Card = card });
        });
    }

    private void Say(string line)
    {
        // One call a line: the parent drops a last line that was cut off.
        lock (output)
            output.WriteLine(line);
    }
}
