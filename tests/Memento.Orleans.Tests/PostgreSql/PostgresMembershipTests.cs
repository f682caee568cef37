using System.Net;
using Memento.Storage.PostgreSql;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime.MembershipService;

namespace Memento.Tests.PostgreSql;

/// <summary>The membership of a cluster in PostgreSQL, as Orleans uses it.</summary>
public sealed class PostgresMembershipTests : IAsyncLifetime
{
    private static readonly DateTime Now = new(2026, 5, 4, 3, 2, 1, DateTimeKind.Utc);

    private readonly PostgresUnderTest _server = new();
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly List<PostgreSqlMembership> _memberships = [];

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        _memberships.ForEach(static each => each.Dispose());
        await _services.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_change_counts_only_upon_the_version_that_its_silo_has_seen()
    {
        IMembershipTable table = await OpenAsync("one");
        TableVersion first = (await table.ReadAllAsync(default)).Version;
        MembershipEntry entry = Entry(1);

        Assert.True(await table.InsertRowAsync(entry, first.Next(), default));
        Assert.False(await table.InsertRowAsync(Entry(2), first.Next(), default));
        TableVersion second = (await table.ReadAllAsync(default)).Version;
        Assert.False(await table.InsertRowAsync(entry, second.Next(), default));
        entry.Status = SiloStatus.Active;
        entry.AddSuspector(Entry(2).SiloAddress, Now);
        Assert.False(await UpdateAsync(entry, first));
        Assert.False(await UpdateAsync(Entry(2), second));
        Assert.True(await UpdateAsync(entry, second));

        MembershipTableData read = await table.ReadRowAsync(entry.SiloAddress, default);
        Assert.Equal(second.Version + 1, read.Version.Version);
        MembershipEntry stored = Assert.Single(read.Members).Item1;
        Assert.Equal(SiloStatus.Active, stored.Status);
        Assert.Equal(entry.SuspectTimes, stored.SuspectTimes);
        Assert.Equal((Now, "silo 1", 7), (stored.StartTime, stored.SiloName, stored.ProxyPort));

        // The provider has no other tag for a row than the version that it was read with.
        Task<bool> UpdateAsync(MembershipEntry changed, TableVersion seen)
            => table.UpdateRowAsync(changed, seen.VersionEtag, seen.Next(), default);
    }

    [Fact]
    public async Task Of_silos_that_change_it_at_once_one_succeeds()
    {
        IMembershipTable[] tables = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => OpenAsync("one")));
        TableVersion version = (await tables[0].ReadAllAsync(default)).Version;

        bool[] made = await Task.WhenAll(tables.Select(
            (table, number) => table.InsertRowAsync(Entry(number), version.Next(), default)));

        Assert.Single(made, static each => each);
        Assert.Single((await tables[3].ReadAllAsync(default)).Members);
    }

    [Fact]
    public async Task Two_clusters_in_one_schema_know_nothing_of_each_other()
    {
        IMembershipTable one = await OpenAsync("one");
        IMembershipTable another = await OpenAsync("another");
        await InsertAsync(one, Entry(1));

        Assert.Empty((await another.ReadAllAsync(default)).Members);
        await another.DeleteMembershipTableEntriesAsync("another", default);
        Assert.Single((await one.ReadAllAsync(default)).Members);
    }

    [Fact]
    public async Task A_silo_that_lives_says_so_and_what_is_long_gone_is_removed()
    {
        IMembershipTable table = await OpenAsync("one");
        MembershipEntry[] entries = [Entry(1), Entry(2), Entry(3)];
        entries[0].Status = SiloStatus.Dead;
        entries[1].Status = SiloStatus.Dead;
        entries[2].Status = SiloStatus.Active;
        foreach (MembershipEntry entry in entries)
            await InsertAsync(table, entry);

        entries[1].IAmAliveTime = Now.AddHours(2);
        await table.UpdateIAmAliveAsync(entries[1], default);
        await table.CleanupDefunctSiloEntriesAsync(Now.AddHours(1), default);

        Assert.Equal(
            [entries[1].SiloAddress, entries[2].SiloAddress],
            (await table.ReadAllAsync(default)).Members
                .Select(static member => member.Item1.SiloAddress).Order());
    }

    [Fact]
    public async Task The_store_finds_its_tables_whichever_of_both_was_there_first()
    {
        await OpenAsync("one");
        await using (MementoHost host = await StartAsync())
            Assert.NotNull(host.Memento);
        _server.Execute("DROP SCHEMA memento CASCADE");

        await using (MementoHost host = await StartAsync())
            Assert.NotNull(host.Memento);
        Assert.Empty((await (await OpenAsync("one")).ReadAllAsync(default)).Members);
    }

    private Task<MementoHost> StartAsync() => MementoHost.StartAsync(
        memento => memento.UsePostgreSql(_server.ConnectionString));

    private async Task<IMembershipTable> OpenAsync(string cluster)
    {
        var membership = new PostgreSqlMembership(
            PostgreSqlSettings.From(_server.ConnectionString, new PostgreSqlOptions()));
        lock (_memberships)
            _memberships.Add(membership);
        IMembershipTable table = new PostgreSqlMembershipTable(
            membership,
            _services,
            Options.Create(new ClusterOptions { ClusterId = cluster }),
            Options.Create(new AdoNetClusteringSiloOptions
            {
                Invariant = PostgreSqlCatalog.Invariant,
                DataSource = PostgreSqlQueries.SourceOf(membership.Settings),
            }),
            NullLogger<AdoNetClusteringTable>.Instance);
        await table.InitializeMembershipTableAsync(true, default);
        return table;
    }

    private static async Task InsertAsync(IMembershipTable table, MembershipEntry entry)
    {
        TableVersion version = (await table.ReadAllAsync(default)).Version;
        Assert.True(await table.InsertRowAsync(entry, version.Next(), default));
    }

    private static MembershipEntry Entry(int number) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 1000 + number, number),
        SiloName = $"silo {number}",
        HostName = "here",
        Status = SiloStatus.Joining,
        ProxyPort = 7,
        StartTime = Now,
        IAmAliveTime = Now,
    };
}
