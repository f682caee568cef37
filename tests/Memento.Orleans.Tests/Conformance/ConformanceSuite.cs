using Memento.Locks;
using Memento.Partitions;
using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

/// <summary>
/// The behaviour of every storage, in a silo and from a client. After each test, no lock may be
/// left and no transaction may be running.
/// </summary>
public abstract partial class ConformanceSuite(StoreFixture fixture) : IAsyncLifetime
{
    protected static readonly TransactionOptions Once = new() { MaxAttempts = 1 };

    protected IMemento Memento => fixture.Memento;

    public async ValueTask InitializeAsync() => await ConformanceTables.ClearAsync(Memento);

    public async ValueTask DisposeAsync()
    {
        await UntilIdleAsync();
        GC.SuppressFinalize(this);
    }

    protected Task UntilIdleAsync() => fixture.Cluster.UntilIdleAsync();

    /// <summary>Every lock that is held or waited for.</summary>
    private List<LockInfo> Locks
    {
        get
        {
            List<LockInfo> locks = [];
            foreach (Partition partition in fixture.Cluster.Partitions)
                partition.DescribeLocks(locks);
            return locks;
        }
    }

    /// <summary>Waits until a transaction is in the queue of a lock.</summary>
    private Task UntilWaitingAsync(ITransaction transaction)
        => Waiting.UntilAsync(
            () => Locks.Exists(each => each.IsWaiting && each.TransactionId == transaction.Id),
            $"transaction {transaction.Id} waits for a lock");

    private Task<OpenTransaction> OpenAsync(TransactionOptions? options = null)
        => OpenTransaction.StartAsync(Memento, options);

    private Task PutAsync<T>(params T[] records)
        where T : class
        => Memento.TransactionAsync(async tx =>
        {
            foreach (T record in records)
                await tx.WriteAsync(record);
        }).Within();

    private Task<T?> GetAsync<T>(object key)
        where T : class
        => Memento.TransactionAsync(async tx => await tx.ReadAsync<T>(key)).Within();

    private Task<IReadOnlyList<T>> GetAllAsync<T>()
        where T : class
        => Memento.TransactionAsync(async tx => await tx.AllAsync<T>()).Within();

    private static Entry NewEntry(string name, long value, string? group = null)
        => new() { Name = name, Value = value, Group = group };

    /// <summary>The names of the entries of group "g" that a scan gives, in order.</summary>
    private static async Task<IReadOnlyList<string>> ScanAsync(ITransaction tx, Scan scan)
    {
        IReadOnlyList<Entry> found = scan switch
        {
            Scan.All => await tx.AllAsync<Entry>(),
            Scan.Select => await tx.SelectAsync<Entry>(entry => entry.Value < 100),
            Scan.Match => await tx.MatchAsync<Entry>(new { Group = "g" }),
            Scan.Index => await tx.SelectAsync<Entry>(entry => entry.Group == "g"),
            Scan.Count => [.. Enumerable.Range(1, (int)await tx.CountAsync<Entry>())
                .Select(static number => NewEntry($"{number}", 0))],
            _ => throw new ArgumentOutOfRangeException(nameof(scan)),
        };
        return [.. found.Select(static entry => entry.Name).Order(StringComparer.Ordinal)];
    }
}
