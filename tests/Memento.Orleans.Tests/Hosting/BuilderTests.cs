using Memento.Tests.Conformance;
using Memento.Tests.Conformance.Tables;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Hosting;

/// <summary>Calls of the builder that are repeated or wrong.</summary>
public sealed class BuilderTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_storage_that_is_chosen_twice_is_refused()
    {
        MementoException error = await Assert.ThrowsAsync<MementoException>(
            () => MementoHost.StartAsync(memento => memento
                .UseSqlite(_directory.ConnectionString)
                .UseSqlite($"{_directory.ConnectionString}2")
                .AddTable<Entry>()));

        Assert.Contains("The storage is chosen twice", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_is_added_again_keeps_what_was_said_before()
    {
        await using MementoHost host = await MementoHost.StartAsync(static memento => memento
            .AddTable<Entry>(static table => table.Partitions = 2)
            .AddTable<Entry>(static table => table.AddIndex("Value"))
            .AddTable<Entry>());

        TableInfo info = await host.Memento.Tables.InfoAsync<Entry>();
        Assert.Equal(2, info.Partitions.Count);
        Assert.Contains(new IndexInfo("Value", unique: false), info.Indexes);
    }

    /// <summary>A stack of a hundred lines pushes the message off the screen.</summary>
    [Fact]
    public async Task A_bad_definition_is_told_before_the_host_is_made()
    {
        InvalidTableException error = await Assert.ThrowsAsync<InvalidTableException>(
            () => MementoHost.StartAsync(static memento => memento
                .AddTable<Entry>(static table => table.AddIndex("Missing"))));

        Assert.DoesNotContain(
            typeof(ServiceProvider).Namespace!, error.StackTrace, StringComparison.Ordinal);
    }
}
