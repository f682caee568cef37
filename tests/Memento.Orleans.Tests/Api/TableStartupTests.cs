using Memento.Tests.Conformance;
using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Api;

/// <summary>The errors of start-up about tables that are wrong or have changed.</summary>
public sealed class TableStartupTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_bad_definition_keeps_a_silo_from_starting_and_is_named()
    {
        var type = await Assert.ThrowsAsync<InvalidTableException>(() => MementoHost.StartAsync(
            static memento => memento.AddTable<KeyOnly>()));
        Assert.Equal((nameof(KeyOnly), null), (type.RecordType, type.Property));
        Assert.Contains(
            "Table type 'KeyOnly' is not valid", type.Message, StringComparison.Ordinal);

        var property = await Assert.ThrowsAsync<InvalidTableException>(() => MementoHost.StartAsync(
            static memento => memento.AddTable<Entry>(static table => table.AddIndex("Missing"))));
        Assert.Contains("'Entry'", property.Message, StringComparison.Ordinal);
        Assert.Contains("'Missing'", property.Message, StringComparison.Ordinal);

        var number = await Assert.ThrowsAsync<InvalidTableException>(() => MementoHost.StartAsync(
            static memento => memento.AddTable<Entry>(static table => table.AutoIncrement = true)));
        Assert.Contains("'Entry'", number.Message, StringComparison.Ordinal);

        foreach (int partitions in (int[])[0, -1, 1_025])
        {
            await Assert.ThrowsAsync<InvalidTableException>(() => MementoHost.StartAsync(
                memento => memento.AddTable<Entry>(table => table.Partitions = partitions)));
        }
    }

    [Fact]
    public async Task A_bad_definition_keeps_a_client_from_starting()
    {
        await using TestSilo silo = await TestSilo.StartAsync(
            static memento => memento.AddTable<Entry>());
        var error = await Assert.ThrowsAsync<InvalidTableException>(
            () => silo.ConnectAsync(static memento => memento.AddTable<KeyOnly>()));
        Assert.Equal(nameof(KeyOnly), error.RecordType);
    }

    [Fact]
    public async Task Two_tables_of_one_name_are_refused()
    {
        var error = await Assert.ThrowsAsync<InvalidTableException>(() => MementoHost.StartAsync(
            static memento => memento
                .AddTable<Entry>()
                .AddTable<Tag>(static table => table.Name = "entry")));
        Assert.Contains("also that of 'Entry'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_changed_since_the_last_run_keeps_the_silo_from_starting()
    {
        await RunAsync(static memento => memento.AddTable<Entry>(), WriteAsync);
        await AssertRefusedAsync(
            static memento => memento.AddTable<Entry>(static t => t.Partitions = 4),
            "its number of partitions is 3 in the storage and 4 in the program");
        await AssertRefusedAsync(
            static memento => memento.AddTable<Entry>(static t => t.Type = TableType.OrderedSet),
            "its type is Set in the storage and OrderedSet in the program");
        await AssertRefusedAsync(
            static memento => memento.AddTable<Entry>(static t => t.Storage = TableStorage.Ram),
            "its storage is Disk in the storage and Ram in the program");
        await AssertRefusedAsync(
            static memento => memento.AddTable<Profile>(static t => t.Name = "Entry"),
            "its primary key is");
        await RunAsync(
            static memento => memento.AddTable<Entry>(),
            static async memento => Assert.Equal(
                2, (await memento.Tables.InfoAsync<Entry>()).Size));
    }

    [Fact]
    public async Task An_index_can_come_and_go_between_runs()
    {
        await RunAsync(static memento => memento.AddTable<Entry>(), WriteAsync);
        for (int run = 0; run < 2; run++)
        {
            await RunAsync(
                static memento => memento.AddTable<Entry>(static t => t.AddIndex("Value")),
                static async memento =>
                {
                    Assert.Contains(
                        new IndexInfo("Value", false),
                        (await memento.Tables.InfoAsync<Entry>()).Indexes);
                    Assert.Equal("b", Assert.Single(await memento.TransactionAsync(
                        async tx => await tx.MatchAsync<Entry>(new { Value = 2L }))).Name);
                });
            await RunAsync(
                static memento => memento.AddTable<Entry>(),
                static async memento => Assert.Equal(
                    "b",
                    Assert.Single(await memento.TransactionAsync(
                        async tx => await tx.MatchAsync<Entry>(new { Value = 2L }))).Name));
        }
    }

    private static Task WriteAsync(IMemento memento) => memento.TransactionAsync(async tx =>
    {
        await tx.WriteAsync(new Entry { Name = "a", Value = 1 });
        await tx.WriteAsync(new Entry { Name = "b", Value = 2 });
    });

    private async Task RunAsync(Action<IMementoBuilder> configure, Func<IMemento, Task> use)
    {
        await using MementoHost host = await StartAsync(configure);
        await use(host.Memento).Within();
    }

    private async Task AssertRefusedAsync(Action<IMementoBuilder> configure, string why)
    {
        var error = await Assert.ThrowsAsync<InvalidTableException>(() => StartAsync(configure));
        Assert.Contains(
            "the table 'Entry' exists and is different", error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    private Task<MementoHost> StartAsync(Action<IMementoBuilder> configure)
        => MementoHost.StartAsync(memento =>
        {
            memento.UseSqlite(_directory.ConnectionString);
            configure(new DiskTables(memento));
        });
}
