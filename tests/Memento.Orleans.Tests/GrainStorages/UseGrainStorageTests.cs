using Memento.Hosting;
using Memento.Tests.Faults;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.GrainStorages;

/// <summary>How an application chooses its grain storage.</summary>
public sealed class UseGrainStorageTests
{
    [Fact]
    public async Task A_silo_keeps_its_disk_tables_in_the_grain_storage_of_that_name()
    {
        await using TestSilo silo = await TestSilo.StartAsync(
            static memento => memento.AddTable<DiskAccount>().UseGrainStorage("log"),
            static silo => silo.AddMemoryGrainStorage("log"));
        var memento = silo.Services.GetRequiredService<IMemento>();

        await memento.TransactionAsync(
            async tx => { await tx.WriteAsync(new DiskAccount { Id = 1, Balance = 5 }); });

        Assert.Equal(5, (await memento.TransactionAsync(
            async tx => await tx.ReadAsync<DiskAccount>(1)))!.Balance);
    }

    [Fact]
    public async Task A_name_that_the_silo_does_not_have_is_refused_at_the_start()
    {
        StorageException error = await Assert.ThrowsAsync<StorageException>(
            () => MementoHost.StartAsync(
                static memento => memento.AddTable<DiskAccount>().UseGrainStorage("nothing")));
        Assert.Contains("'nothing'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Register it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_their_range_are_refused_at_the_line_of_the_mistake()
    {
        var builder = new MementoBuilder(new ServiceCollection());

        IsRefused(static options => options.StoreName = " ");
        IsRefused(static options => options.MaxStateBytes = 4_095);
        IsRefused(static options => options.MaxStateBytes = (16 << 20) + 1);
        IsRefused(static options => options.CheckpointBytes = 65_535);
        Assert.Throws<ArgumentException>(() => builder.UseGrainStorage(""));

        void IsRefused(Action<GrainStorageOptions> configure)
            => Assert.ThrowsAny<ArgumentException>(
                () => builder.UseGrainStorage("log", configure));
    }
}
