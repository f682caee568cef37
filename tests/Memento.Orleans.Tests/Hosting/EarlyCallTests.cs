using Memento.Tests.Conformance;
using Memento.Tests.Conformance.Tables;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Hosting;

/// <summary>Calls that come before start-up has come to the tables.</summary>
public sealed class EarlyCallTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_partition_that_is_asked_for_early_keeps_the_indexes_that_were_added()
    {
        await using (TestSilo first = await TestSilo.StartAsync(Configure))
        {
            IMemento before = first.Services.GetRequiredService<IMemento>();
            await before.Tables.AddIndexAsync<Entry>("Value", unique: true).Within();
            await WriteAsync(before, "a");
        }

        EarlyCaller? early = null;
        await using TestSilo second = await TestSilo.StartAsync(
            Configure,
            silo => silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(
                services => early = new EarlyCaller(services, nameof(Entry))));
        IMemento memento = second.Services.GetRequiredService<IMemento>();

        await early!.Called.Within();
        await Assert.ThrowsAsync<UniqueIndexException>(() => WriteAsync(memento, "b"));
        await Assert.ThrowsAsync<UniqueIndexException>(() => WriteAsync(memento, "c"));
        await WriteAsync(memento, "a");
    }

    private static Task<Entry> WriteAsync(IMemento memento, string name)
        => memento.TransactionAsync(
            async tx => await tx.WriteAsync(new Entry { Name = name, Value = 1 })).Within();

    /// <summary>With only one partition, so that every read asks it.</summary>
    private void Configure(IMementoBuilder memento)
        => memento.UseSqlite(_directory.ConnectionString).AddTable<Entry>(static table =>
        {
            table.Storage = TableStorage.Disk;
            table.Partitions = 1;
        });
}
