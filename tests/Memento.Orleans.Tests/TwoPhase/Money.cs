using Memento.Tests.Faults;

namespace Memento.Tests.TwoPhase;

/// <summary>Money in the records of a table, in ram or on disk.</summary>
internal static class Money
{
    public static async Task AddAsync(ITransaction tx, int account, long amount, bool isOnDisk)
    {
        if (isOnDisk)
        {
            long standing =
                (await tx.ReadAsync<DiskAccount>(account, LockMode.Write))?.Balance ?? 0;
            await tx.WriteAsync(new DiskAccount { Id = account, Balance = standing + amount });
        }
        else
        {
            long standing =
                (await tx.ReadAsync<RamAccount>(account, LockMode.Write))?.Balance ?? 0;
            await tx.WriteAsync(new RamAccount { Id = account, Balance = standing + amount });
        }
    }

    public static async Task<long> ReadAsync(ITransaction tx, int account, bool isOnDisk)
        => isOnDisk
            ? (await tx.ReadAsync<DiskAccount>(account))?.Balance ?? 0
            : (await tx.ReadAsync<RamAccount>(account))?.Balance ?? 0;
}
