using Memento.Tests.Conformance;
using Memento.Tests.Faults;
using Memento.Transactions;

namespace Memento.Tests.Clusters.Deaths;

/// <summary>
/// A transfer between records of its own in several silos, one message of which stands still.
/// </summary>
/// <param name="message">The message that stands still.</param>
/// <param name="tables">In which tables it changes each record.</param>
/// <param name="fate">What becomes of the message.</param>
/// <param name="ids">The record that it changes in each silo.</param>
internal sealed class Transfer(
    StoppedMessage message, SpanningCommitTests.Tables tables, MessageFate fate, int[] ids)
{
    /// <summary>What each record has before.</summary>
    public const long Each = 100;

    private IReadOnlyList<MessageStop> _stops = [];
    private Task? _run;

    public TransferWay Way => message.Way;

    private bool IsInRam => tables != SpanningCommitTests.Tables.Disk;

    private bool IsOnDisk => tables != SpanningCommitTests.Tables.Ram;

    /// <summary>Ends when its message stands still.</summary>
    public Task WhenStoppedAsync() => _stops[^1].Hit.Within($"{this} stands still");

    public void Release()
    {
        foreach (MessageStop each in _stops)
            each.Release();
    }

    public void Begin(IMemento memento, MessageStops stops, IReadOnlyList<SiloAddress> silos)
    {
        _stops = message.ToStops(silos, IsInRam && IsOnDisk ? 2 : 1, fate);
        _run = Task.Run(() => memento.TransactionAsync(
            async tx =>
            {
                stops.Add(((TransactionScope)tx).Sender.State.Id, _stops);
                await TransferAsync(tx);
            },
            new TransactionOptions { MaxAttempts = 1 }));
    }

    /// <summary>
    /// What the caller was told: whether it is committed; null if that is in doubt.
    /// </summary>
    public async Task<bool?> AnswerAsync()
    {
        try
        {
            await _run!;
            return true;
        }
        catch (TransactionInDoubtException)
        {
            return null;
        }
        catch (Exception exception) when (exception
            is TransactionConflictException or TransactionAbortedException)
        {
            return false;
        }
    }

    /// <summary>What is wrong with what the transfer has left, if anything is.</summary>
    /// <param name="ram">The records in ram; those of a dead silo are lost.</param>
    /// <param name="disk">The records on disk.</param>
    /// <param name="answer">What the caller was told.</param>
    public string? Check(
        IReadOnlyDictionary<int, long> ram, IReadOnlyDictionary<int, long> disk, bool? answer)
    {
        List<bool> changed = [];
        List<string> left = [];
        foreach (int silo in Places)
        {
            int id = ids[silo];
            if (IsOnDisk) Look(disk, $"disk {silo}", id, silo);
            if (IsInRam && ram.ContainsKey(id)) Look(ram, $"ram {silo}", id, silo);
        }

        bool isHalf = changed.Distinct().Count() > 1;
        return isHalf || (answer is { } told && changed.Any(each => each != told))
            ? $"{this}: told {answer?.ToString() ?? "doubt"}, left {string.Join(", ", left)}"
            : null;

        void Look(IReadOnlyDictionary<int, long> records, string place, int id, int silo)
        {
            long balance = records.GetValueOrDefault(id);
            changed.Add(balance != Each);
            left.Add($"{place}: {balance}");
            if (balance != Each && balance != Each + ChangeIn(silo)) changed.Add(balance == Each);
        }
    }

    public override string ToString() => $"{tables}, {message}, {fate}";

    /// <summary>
    /// The silos with a record of it, the coordinator first: the caller asks the silo of its first
    /// participant.
    /// </summary>
    private int[] Places
        => Way == TransferWay.FromMember ? [1, 2, 0] : [1, 2];

    private long ChangeIn(int silo) => silo == 1 ? 1 - Places.Length : 1;

    private async Task TransferAsync(ITransaction tx)
    {
        // A write that has its lock already travels with the commit.
        LockMode mode = message.IsWrite ? LockMode.Read : LockMode.Write;
        List<Task> reads = [];
        foreach (int silo in Places)
        {
            if (IsInRam) reads.Add(RequireAsync<RamAccount>(tx, ids[silo], mode));
            if (IsOnDisk) reads.Add(RequireAsync<DiskAccount>(tx, ids[silo], mode));
        }

        await Task.WhenAll(reads);
        List<Task> writes = [];
        foreach (int silo in Places)
        {
            long balance = Each + ChangeIn(silo);
            if (IsInRam)
            {
                writes.Add(tx.WriteAsync(
                    new RamAccount { Id = ids[silo], Balance = balance }).AsTask());
            }

            if (IsOnDisk)
            {
                writes.Add(tx.WriteAsync(
                    new DiskAccount { Id = ids[silo], Balance = balance }).AsTask());
            }
        }

        await Task.WhenAll(writes);
    }

    private static async Task RequireAsync<T>(ITransaction tx, int id, LockMode mode)
        where T : class
    {
        if (await tx.ReadAsync<T>(id, mode) is null) tx.Abort("Its silo is dead.");
    }
}
