using Memento.Tests.Conformance;
using Memento.Tests.Conformance.Tables;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Transactions;

/// <summary>A client that was built with another number of partitions than the silo.</summary>
public sealed class OtherPartitionsTests
{
    private const int Keys = 30;

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task It_is_told_so_and_puts_no_record_where_nobody_finds_it(int partitions)
    {
        await using TestSilo silo = await TestSilo.StartAsync(
            static memento => memento.AddTable<Entry>(static table => table.Partitions = 3));
        IServiceProvider services = await silo.ConnectAsync(
            memento => memento.AddTable<Entry>(table => table.Partitions = partitions));
        IMemento client = services.GetRequiredService<IMemento>();
        List<string> written = [];
        List<MementoException> refused = [];
        for (int i = 0; i < Keys; i++)
        {
            var entry = new Entry { Name = $"k{i}" };
            try
            {
                await client.TransactionAsync(async tx => await tx.WriteAsync(entry)).Within();
                written.Add(entry.Name);
            }
            catch (MementoException exception)
            {
                refused.Add(exception);
            }
        }

        Assert.NotEmpty(refused);
        Assert.All(refused, static each => Assert.Contains(
            "the same number of partitions in clients and silos", each.Message, StringComparison.Ordinal));
        IMemento inside = silo.Services.GetRequiredService<IMemento>();
        foreach (string name in written)
        {
            Assert.NotNull(await inside.TransactionAsync(
                async tx => await tx.ReadAsync<Entry>(name)).Within());
        }
    }
}
