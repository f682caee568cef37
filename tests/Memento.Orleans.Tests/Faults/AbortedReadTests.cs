using Memento.Tests.Conformance;
using Memento.Tests.Sqlite;

namespace Memento.Tests.Faults;

/// <summary>
/// The result of a body that ends without committing may depend on its reads. The caller does not
/// get it before the reads are durable, and never if they were taken back, in a silo and in a
/// client.
/// </summary>
public sealed class AbortedReadTests
{
    public static TheoryData<string, bool> Ways()
    {
        var ways = new TheoryData<string, bool>();
        foreach (string way in new[] { "abort", "exception", "nested", "joined" })
        {
            ways.Add(way, true);
            ways.Add(way, false);
        }

        return ways;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task An_aborted_body_is_told_nothing_that_is_not_durable(string way, bool isClient)
    {
        await using var silo = await FaultySilo.StartAsync<SqliteUnderTest>();
        IMemento memento = isClient ? silo.Client : silo.Inside;
        await WriteAsync(silo, 10);
        silo.Faults.Block();
        Task writing = WriteAsync(silo, 20);
        await silo.Faults.Reached.Within();
        var hasRead = new Signal();
        Task<string?> telling = TellAsync(memento, way, hasRead);
        await hasRead.WaitAsync();

        // Other transactions end meanwhile, in the same process. The transaction that has read a
        // write that is not durable does not.
        for (int i = 0; i < 3; i++)
        {
            await memento.TryTransactionAsync(async tx =>
            {
                await tx.ReadAsync<RamAccount>(100 + i);
                tx.Abort("nothing to tell");
            }).Within();
        }

        Assert.False(telling.IsCompleted, "It was told what the disk does not have.");
        silo.Faults.FailNext(FaultyStorage.DiskFailure);
        silo.Faults.Unblock();
        await Assert.ThrowsAsync<StorageException>(() => writing.Within());
        Assert.Equal("10", await telling.Within());
        await silo.CheckIdleAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_aborted_body_is_told_once_what_it_read_is_durable(bool isClient)
    {
        await using var silo = await FaultySilo.StartAsync<SqliteUnderTest>();
        await WriteAsync(silo, 10);
        silo.Faults.Block();
        Task writing = WriteAsync(silo, 20);
        await silo.Faults.Reached.Within();
        var hasRead = new Signal();
        Task<string?> telling =
            TellAsync(isClient ? silo.Client : silo.Inside, "abort", hasRead);
        await hasRead.WaitAsync();
        silo.Faults.Unblock();
        await writing.Within();

        Assert.Equal("20", await telling.Within());
        await silo.CheckIdleAsync();
    }

    /// <summary>Reads, ends in some way without committing, and returns the result.</summary>
    private static async Task<string?> TellAsync(IMemento memento, string way, Signal hasRead)
    {
        switch (way)
        {
            case "abort":
                return (await memento.TryTransactionAsync(async tx =>
                {
                    tx.Abort($"{await ReadAsync(tx, hasRead)}");
                })).Reason;
            case "nested":
                return (await memento.TryTransactionAsync(async tx =>
                {
                    TransactionResult inner = await tx.TryNestedAsync(async nested =>
                    {
                        nested.Abort($"{await ReadAsync(nested, hasRead)}");
                    });
                    tx.Abort(inner.Reason!);
                })).Reason;
            case "joined":
                return (await memento.TryTransactionAsync(async tx =>
                {
                    DiskAccount? read = await memento.GetRecord<DiskAccount>(1).ReadAsync();
                    hasRead.Set();
                    tx.Abort($"{read!.Balance}");
                })).Reason;
            default:
                return (await Assert.ThrowsAsync<InvalidTimeZoneException>(
                    () => memento.TransactionAsync(async tx =>
                    {
                        throw new InvalidTimeZoneException($"{await ReadAsync(tx, hasRead)}");
                    }))).Message;
        }
    }

    private static async Task<long> ReadAsync(ITransaction tx, Signal hasRead)
    {
        long balance = (await tx.ReadAsync<DiskAccount>(1))!.Balance;
        hasRead.Set();
        return balance;
    }

    private static Task WriteAsync(FaultySilo silo, long balance)
        => silo.Inside.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new DiskAccount { Id = 1, Balance = balance });
        });
}
