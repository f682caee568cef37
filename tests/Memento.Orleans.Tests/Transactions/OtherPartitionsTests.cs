using Memento.Tests.Conformance;
using Memento.Tests.Conformance.Tables;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Transactions;

/// <summary>A client that registered a table otherwise than the silo.</summary>
public sealed class OtherPartitionsTests
{
    private const int Keys = 30;

    public static TheoryData<int, string> Calls
    {
        get
        {
            TheoryData<int, string> calls = [];
            foreach (int partitions in (int[])[2, 5])
            {
                foreach (string name in Uses.Keys)
                    calls.Add(partitions, name);
            }

            return calls;
        }
    }

    private static readonly Dictionary<string, Func<IMemento, Task>> Uses = new()
    {
        ["all"] = static memento => memento.TransactionAsync(
            async tx => await tx.AllAsync<Entry>()),
        ["count"] = static memento => memento.TransactionAsync(
            async tx => await tx.CountAsync<Entry>()),
        ["query"] = static memento => memento.TransactionAsync(
            async tx => await tx.Query<Entry>().Where(entry => entry.Value > 1).ToListAsync()),
        ["index"] = static memento => memento.TransactionAsync(
            async tx => await tx.Query<Entry>().Where(entry => entry.Group == "g").AnyAsync()),
        ["page"] = static memento => memento.TransactionAsync(
            async tx => await tx.PageAsync<Entry>(entry => entry.Value > 1, size: 2)),
        ["keys"] = static memento => memento.TransactionAsync(
            async tx => await tx.AllKeysAsync<Entry>()),
        ["walk"] = static memento => memento.TransactionAsync(
            async tx => await tx.FirstKeyAsync<Entry>()),
        ["lock"] = static memento => memento.TransactionAsync(
            async tx => await tx.LockTableAsync<Entry>(LockMode.Read)),
        ["clear"] = static memento => memento.Tables.ClearAsync<Entry>(),
        ["delete"] = static memento => memento.Tables.DeleteAsync<Entry>(),
        ["info"] = static memento => memento.Tables.InfoAsync<Entry>(),
    };

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task It_is_told_so_and_puts_no_record_where_nobody_finds_it(int partitions)
    {
        await using TestSilo silo = await StartAsync();
        IMemento client = await ConnectAsync(silo, table => table.Partitions = partitions);
        for (int i = 0; i < Keys; i++)
        {
            var entry = new Entry { Name = $"k{i}" };
            await AssertRefusedAsync(
                partitions,
                () => client.TransactionAsync(async tx => await tx.WriteAsync(entry)));
            await AssertRefusedAsync(
                partitions,
                () => client.TransactionAsync(async tx => await tx.ReadAsync<Entry>(entry.Name)));
        }

        IMemento inside = silo.Services.GetRequiredService<IMemento>();
        Assert.Equal(0, await inside.Table<Entry>().CountAsync().Within());
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task What_looks_at_the_whole_table_is_refused(int partitions, string use)
    {
        await using TestSilo silo = await StartAsync();
        IMemento client = await ConnectAsync(silo, table => table.Partitions = partitions);

        await AssertRefusedAsync(partitions, () => Uses[use](client));
    }

    [Fact]
    public async Task A_table_that_it_makes_anew_is_the_one_that_the_silo_registered()
    {
        await using TestSilo silo = await StartAsync();
        IMemento inside = silo.Services.GetRequiredService<IMemento>();
        IMemento client = await ConnectAsync(silo, static table => table.Partitions = 2);
        await inside.Tables.DeleteAsync<Entry>().Within();

        await AssertRefusedAsync(2, () => client.Tables.CreateAsync<Entry>());

        Assert.Empty(await inside.Tables.ListAsync().Within());
    }

    [Fact]
    public async Task A_client_that_does_not_know_where_the_table_is_stored_can_use_it()
    {
        await using TestSilo silo = await StartAsync();
        IMemento client = await ConnectAsync(
            silo, static table => table.Storage = TableStorage.Disk);

        await client.Table<Entry>().PutAsync(new Entry { Name = "a" }).Within();
        Assert.Equal(1, await client.Table<Entry>().CountAsync().Within());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_type_of_table_or_key_is_refused(bool isOfKey)
    {
        await using TestSilo silo = await StartAsync();
        IServiceProvider services = await silo.ConnectAsync(memento => _ = isOfKey
            ? memento.AddTable<Coupon>(static table =>
            {
                table.Name = nameof(Entry);
                table.Partitions = 3;
            })
            : memento.AddTable<Entry>(static table => table.Type = TableType.OrderedSet));
        IMemento client = services.GetRequiredService<IMemento>();

        MementoException error = await Assert.ThrowsAsync<MementoException>(() => isOfKey
            ? client.Table<Coupon>().CountAsync().Within()
            : client.Table<Entry>().CountAsync().Within());

        Assert.Contains(
            "Table 'Entry' is a Set with the key (Name string)",
            error.Message, StringComparison.Ordinal);
    }

    private static Task<TestSilo> StartAsync() => TestSilo.StartAsync(
        static memento => memento.AddTable<Entry>(static table => table.Partitions = 3));

    private static async Task<IMemento> ConnectAsync(TestSilo silo, Action<TableOptions> configure)
        => (await silo.ConnectAsync(memento => memento.AddTable<Entry>(configure)))
            .GetRequiredService<IMemento>();

    private static async Task AssertRefusedAsync(int partitions, Func<Task> use)
    {
        MementoException error = await Assert.ThrowsAsync<MementoException>(() => use().Within());
        Assert.Contains(
            $"Table 'Entry' has 3 partitions, and the caller registered {partitions}",
            error.Message,
            StringComparison.Ordinal);
    }
}
