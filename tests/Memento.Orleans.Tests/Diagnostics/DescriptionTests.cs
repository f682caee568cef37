using System.Text.Json.Nodes;
using Memento.Locks;
using Memento.Tests.Conformance;
using Memento.Tests.Faults;
using Memento.Tests.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Diagnostics;

public class DescriptionTests
{
    [Fact]
    public async Task A_store_says_who_holds_a_lock_and_who_waits_for_it()
    {
        await using FaultySilo silo = await FaultySilo.StartAsync<SqliteUnderTest>();
        using var scene = new LockedRecord(silo.Inside);
        await scene.ReachedAsync(silo);

        StoreDescription store =
            silo.Services.GetRequiredService<IMementoDiagnostics>().Describe();

        Assert.Equal(
            [scene.Older, scene.Younger], store.Transactions.Select(static each => each.Id));
        Assert.All(store.Transactions, static each =>
        {
            Assert.False(each.IsRemote || each.IsCommitting);
            Assert.True(each.Age > TimeSpan.Zero && each.Remaining > TimeSpan.Zero);
            Assert.All(each.Partitions, static partition => Assert.StartsWith(
                "RamAccount/", partition, StringComparison.Ordinal));
        });
        LockDescription record = Assert.Single(store.Locks, static each => each.Key == "1");
        Assert.Equal("RamAccount", record.Table);
        Assert.Equal("1", record.Key);
        Assert.Equal("key '1' of table 'RamAccount'", record.Resource);
        LockPartyDescription holder = Assert.Single(record.Holders);
        Assert.Equal((scene.Younger, "Write"), (holder.Transaction, holder.Mode));
        LockPartyDescription waiter = Assert.Single(record.Waiters);
        Assert.Equal((scene.Older, "Write"), (waiter.Transaction, waiter.Mode));
        Assert.True(waiter.Age > holder.Age);
        await scene.EndAsync();
        Assert.Empty(silo.Services.GetRequiredService<IMementoDiagnostics>().Describe().Locks);
    }

    [Fact]
    public async Task The_description_is_json_for_whoever_is_asked_for_help()
    {
        await using FaultySilo silo = await FaultySilo.StartAsync<SqliteUnderTest>();
        using var scene = new LockedRecord(silo.Client);
        await scene.ReachedAsync(silo);

        JsonNode json = JsonNode.Parse(
            silo.Services.GetRequiredService<IMementoDiagnostics>().Describe().ToJson())!;
        JsonNode client = JsonNode.Parse(
            silo.ClientServices.GetRequiredService<IMementoDiagnostics>().Describe().ToJson())!;

        JsonNode record = json["locks"]!.AsArray()
            .Single(static each => each!["key"]?.GetValue<string>() == "1")!;
        Assert.Equal(scene.Younger, record["holders"]![0]!["transaction"]!.GetValue<Guid>());
        Assert.Equal(scene.Older, record["waiters"]![0]!["transaction"]!.GetValue<Guid>());
        Assert.Equal([true, true], json["transactions"]!.AsArray()
            .Select(static each => each!["isRemote"]!.GetValue<bool>()));
        Assert.NotNull(json["silo"]);
        Assert.Null(client["silo"]);
        Assert.Empty(client["locks"]!.AsArray());
        Assert.Equal([false, false], client["transactions"]!.AsArray()
            .Select(static each => each!["isRemote"]!.GetValue<bool>()));
        await scene.EndAsync();
    }
}

/// <summary>A younger transaction has a record, and an older one waits for it.</summary>
internal sealed class LockedRecord : IDisposable
{
    private readonly TaskCompletionSource _written = new();
    private readonly TaskCompletionSource _end = new();
    private readonly Task _done;

    /// <param name="memento">The store.</param>
    /// <param name="leave">
    /// The body of the older one leaves its wait behind then, and fails; null: it waits.
    /// </param>
    public LockedRecord(IMemento memento, Task? leave = null)
    {
        var aged = new TaskCompletionSource();
        Task older = memento.TransactionAsync(async tx =>
        {
            Older = tx.Id;
            await tx.ReadAsync<RamAccount>(2);
            aged.TrySetResult();
            await _written.Task;
            Task wait = tx.ReadAsync<RamAccount>(1, LockMode.Write).AsTask();
            if (leave is not null)
            {
                await leave;
                throw new PlainException("The older one leaves.");
            }

            await wait;
        });
        _done = Task.WhenAll(older, YoungerAsync());

        async Task YoungerAsync()
        {
            await aged.Task;
            await memento.TransactionAsync(async tx =>
            {
                Younger = tx.Id;
                await tx.ReadAsync<RamAccount>(1, LockMode.Write);
                _written.TrySetResult();
                await _end.Task;
            });
        }
    }

    public Guid Older { get; private set; }

    public Guid Younger { get; private set; }

    /// <summary>Waits until the older one waits.</summary>
    public Task ReachedAsync(FaultySilo silo)
        => Waiting.UntilAsync(
            () =>
            {
                List<LockInfo> locks = [];
                foreach (var partition in silo.Partitions)
                    partition.DescribeLocks(locks);
                return locks.Exists(static each => each.IsWaiting);
            },
            "the older one waits");

    /// <summary>Lets both go on to their ends.</summary>
    public Task EndAsync()
    {
        _end.TrySetResult();
        return _done.Within();
    }

    public void Dispose() => _end.TrySetResult();
}
