using System.Text.Json.Nodes;
using Memento.Diagnostics.Inspection;
using Memento.Tests.Conformance;
using Memento.Tests.Faults;
using Memento.Tests.Sqlite;

namespace Memento.Tests.Diagnostics;

/// <summary>What a store of one silo says of itself.</summary>
public sealed class SystemInfoTests : IAsyncLifetime
{
    private FaultySilo _silo = null!;

    public async ValueTask InitializeAsync()
        => _silo = await FaultySilo.StartAsync<SqliteUnderTest>();

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_has_the_silo_its_tables_and_its_journal(bool isInside)
    {
        IMemento memento = Of(isInside);
        for (int i = 0; i < 3; i++)
        {
            await memento.TransactionAsync(
                async tx => await tx.WriteAsync(new DiskAccount { Id = i }));
        }

        SystemInfo info = await memento.InfoAsync().Within();

        SiloInfo silo = Assert.Single(info.Silos);
        Assert.True(info.IsComplete && !silo.IsSilent && silo.Started <= info.Taken);
        Assert.StartsWith("SQLite ", info.Storage);
        JournalInfo journal = silo.Journal!;
        Assert.Equal((3L, 0, false), (journal.Durable, journal.Queue, journal.IsSlow));
        Assert.Null(silo.Lease);
        TableInfo table = Assert.Single(info.Tables, static each => each.Name == "DiskAccount");
        TableInfo asked = await memento.Tables.InfoAsync<DiskAccount>().Within();
        Assert.Equal((3L, TableStorage.Disk), (table.Size, table.Storage));
        Assert.Equal(asked.Attributes, table.Attributes);
        Assert.Equal(
            asked.Partitions.Where(static each => each.Size > 0),
            table.Partitions.Where(static each => each.Size > 0));
        Assert.Equal(info.Tables.SelectMany(static each => each.Partitions), silo.Partitions);
        Assert.Equal(3, silo.Records);
        Assert.Equal(silo.Bytes, info.Tables.Sum(static each => each.Memory));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_counts_how_transactions_end_though_nobody_listens_to_metrics(bool isInside)
    {
        IMemento memento = Of(isInside);
        SystemInfo before = await memento.InfoAsync().Within();

        await memento.TransactionAsync(async tx => await tx.ReadAsync<RamAccount>(1));
        await memento.TryTransactionAsync(static tx =>
        {
            tx.Abort("The test says so.");
            return Task.CompletedTask;
        });
        for (int i = 0; i < 2; i++)
        {
            await Assert.ThrowsAsync<PlainException>(() => memento.TransactionAsync(
                static _ => throw new PlainException("The body fails.")));
        }

        await Assert.ThrowsAsync<TransactionConflictException>(() => memento.TransactionAsync(
            static _ => throw new TransactionConflictException("The test lost."),
            new TransactionOptions { MaxAttempts = 3 }));
        SystemInfo after = await memento.InfoAsync().Within();

        Assert.Equal(1, after.Commits - before.Commits);
        Assert.Equal(2, after.Restarts - before.Restarts);
        Assert.Empty(before.AbortsByReason);
        Assert.Equal(
            [("aborted", 1L), ("conflict", 1L), ("error", 2L)],
            after.AbortsByReason.Select(static each => (each.Key, each.Value)).Order());
        Assert.Equal(after.Commits, Assert.Single(after.Silos).Commits);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_says_which_transaction_waits_for_which(bool isInside)
    {
        using var scene = new LockedRecord(Of(isInside));
        await scene.ReachedAsync(_silo);

        SystemInfo info = await _silo.Client.InfoAsync().Within();

        string address = Assert.Single(info.Silos).Address;
        Assert.Equal(
            [scene.Older, scene.Younger], info.Transactions.Select(static each => each.Id));
        Assert.All(info.Transactions, each =>
        {
            Assert.Equal(isInside ? address : null, each.Silo);
            Assert.Equal(!isInside, each.IsRemote);
            Assert.True(each.Age > TimeSpan.Zero);
        });
        WaitDescription wait = Assert.Single(info.Transactions[0].Waits);
        Assert.Equal(
            (address, "key '1' of table 'RamAccount'", "Write", scene.Younger),
            (wait.Silo, wait.Resource, wait.Mode, wait.BlockedBy));
        Assert.Empty(info.Transactions[1].Waits);
        LockDescription held = Assert.Single(info.Locks, static each => each.Key == "1");
        Assert.Equal(scene.Younger, Assert.Single(held.Holders).Transaction);
        Assert.Equal(scene.Younger, Assert.Single(held.Waiters).BlockedBy);
        JsonNode json = JsonNode.Parse(info.ToJson())!;
        Assert.Equal(
            scene.Younger,
            json["transactions"]![0]!["waits"]![0]!["blockedBy"]!.GetValue<Guid>());
        Assert.Equal("Ram", json["tables"]!.AsArray()
            .Single(static each => each!["name"]!.GetValue<string>() == "RamAccount")!["storage"]!
            .GetValue<string>());
        await scene.EndAsync();
        Assert.Empty((await _silo.Client.InfoAsync().Within()).Locks);
    }

    [Fact]
    public async Task It_is_given_in_the_middle_of_a_transaction_too()
        => await _silo.Inside.TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new RamAccount { Id = 1 });

            SystemInfo info = await _silo.Inside.InfoAsync();

            Assert.Equal(tx.Id, Assert.Single(info.Transactions).Id);
        }).Within();

    [Fact]
    public async Task Of_many_locks_it_has_those_that_somebody_waits_for_and_the_number_of_all()
    {
        using var scene = new LockedRecord(_silo.Inside);
        await scene.ReachedAsync(_silo);

        await _silo.Inside.TransactionAsync(async tx =>
        {
            for (int i = 100; i < 100 + SiloInspector.MostTold; i++)
                await tx.WriteAsync(new RamAccount { Id = i });
            SystemInfo info = await _silo.Client.InfoAsync();

            Assert.Equal(SiloInspector.MostTold, info.Locks.Count);
            Assert.True(Assert.Single(info.Silos).Locks > SiloInspector.MostTold);
            Assert.Single(info.Locks, static each => each.Waiters.Count > 0);
        }).Within();
        await scene.EndAsync();
    }

    private IMemento Of(bool isInside) => isInside ? _silo.Inside : _silo.Client;
}
