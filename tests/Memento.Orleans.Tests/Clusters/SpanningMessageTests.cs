using System.Collections.Concurrent;
using Memento.Messages;
using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Memento.Tests.Clusters;

/// <summary>What a transaction over two other silos sends.</summary>
public sealed class SpanningMessageTests(ITestOutputHelper output)
{
    private readonly ConcurrentQueue<(string Name, int Bytes)> _messages = new();

    /// <summary>
    /// Each message with its answer, without what Orleans puts around them. A transfer sent about
    /// 2,000 when this was written.
    /// </summary>
    private const int MostBytes = 2_600;

    /// <summary>
    /// The writes need no message of their own: both records are locked for writing, so that the
    /// writes travel with the commit, and from there with the seal.
    /// </summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task A_transfer_between_two_other_silos_sends_two_reads_and_a_message_a_step(
        bool isOnDisk, bool isClient)
    {
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await StartAsync(isOnDisk, place);
        IMemento memento = isClient
            ? (await cluster.ConnectAsync()).Memento
            : cluster.Silos[0].Memento;
        int from = await PutAsync(cluster, silo: 1);
        int to = await PutAsync(cluster, silo: 2);
        await cluster.UntilIdleAsync();
        _messages.Clear();

        await memento.TransactionAsync(async tx =>
        {
            Task<Mark?> payer = tx.ReadAsync<Mark>(from, LockMode.Write).AsTask();
            Task<Mark?> payee = tx.ReadAsync<Mark>(to, LockMode.Write).AsTask();
            await Task.WhenAll(payer, payee);
            await Task.WhenAll(
                tx.WriteAsync((await payer)! with { Text = "99" }).AsTask(),
                tx.WriteAsync((await payee)! with { Text = "101" }).AsTask());
        }).Within();

        // One of the two silos coordinates.
        AssertSent("CommitAsync", "ExecuteAsync", "ExecuteAsync", "SealAsync", "SettleAsync");
        Assert.InRange(_messages.Sum(static each => each.Bytes), 1, MostBytes);
        Assert.Equal("99", (await memento.Table<Mark>().GetAsync(from).Within())?.Text);
        Assert.Equal("101", (await memento.Table<Mark>().GetAsync(to).Within())?.Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_update_of_a_record_in_another_silo_sends_a_read_and_a_commit(bool isClient)
    {
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await StartAsync(isOnDisk: true, place);
        IMemento memento = isClient
            ? (await cluster.ConnectAsync()).Memento
            : cluster.Silos[0].Memento;
        int id = await PutAsync(cluster, silo: 1);
        await cluster.UntilIdleAsync();
        _messages.Clear();

        await memento.Table<Mark>().UpdateAsync(
            id, static mark => mark with { Text = "99" }).Within();

        AssertSent("CommitAsync", "ExecuteAsync");
        Assert.Equal("99", (await memento.Table<Mark>().GetAsync(id).Within())?.Text);
    }

    /// <summary>
    /// The read has locked the entry of the index. Another entry needs another lock, and a message.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_update_that_changes_no_entry_of_an_index_needs_no_message_of_its_own(
        bool isClient)
    {
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await StartAsync(isOnDisk: true, place);
        IMemento memento = isClient
            ? (await cluster.ConnectAsync()).Memento
            : cluster.Silos[0].Memento;
        int id = (await cluster.KeysInAsync<Label, int>(
            cluster.Silos[1], 1, static id => id))[0];
        ITable<Label> labels = memento.Table<Label>();
        await labels.PutAsync(new Label { Id = id, Owner = "a", Text = "0" }).Within();
        await cluster.UntilIdleAsync();
        _messages.Clear();

        await labels.UpdateAsync(id, static label => label with { Text = "1" }).Within();
        AssertSent("CommitAsync", "ExecuteAsync");
        Assert.Equal(
            "1",
            Assert.Single(await labels.WhereAsync(static each => each.Owner == "a").Within())
                .Text);
        _messages.Clear();

        await labels.UpdateAsync(id, static label => label with { Owner = "b" }).Within();
        AssertSent("CommitAsync", "ExecuteAsync", "ExecuteAsync");
        Assert.Empty(await labels.WhereAsync(static each => each.Owner == "a").Within());
        Assert.Single(await labels.WhereAsync(static each => each.Owner == "b").Within());
        _messages.Clear();

        await memento.TransactionAsync(async tx =>
        {
            Label label = (await tx.ReadAsync<Label>(id, LockMode.Write))!;
            Assert.True(await tx.DeleteAsync<Label>(id));
            await tx.WriteAsync(label with { Text = "2" });
            Assert.True(await tx.DeleteAsync<Label>(id));
        }).Within();
        AssertSent("CommitAsync", "ExecuteAsync");
        Assert.Equal(0, await labels.CountAsync().Within());
        Assert.Empty(await labels.WhereAsync(static each => each.Owner == "b").Within());
    }

    private Task<SiloCluster> StartAsync(bool isOnDisk, StorageUnderTest place)
        => SiloCluster.StartAsync(
            3,
            memento => memento
                .AddTable<Label>()
                .AddTable<Mark>(
                    table => table.Storage = isOnDisk ? TableStorage.Disk : TableStorage.Ram),
            place,
            silo => silo.Services.AddSingleton<IIncomingGrainCallFilter>(
                services => new CountingFilter(
                    _messages, services.GetRequiredService<Serializer>())));

    private static async Task<int> PutAsync(SiloCluster cluster, int silo)
    {
        int id = (await cluster.KeysInAsync<Mark, int>(
            cluster.Silos[silo], 1, static id => id))[0];
        await cluster.Silos[0].Memento.Table<Mark>().PutAsync(
            new Mark { Id = id, Text = "100" }).Within();
        return id;
    }

    private void AssertSent(params string[] names)
    {
        Assert.Equal(names, _messages.Select(static each => each.Name).Order());
        output.WriteLine(
            $"{_messages.Count} messages, {_messages.Sum(static each => each.Bytes)} bytes");
    }

    private sealed class CountingFilter(
        ConcurrentQueue<(string Name, int Bytes)> messages, Serializer serializer)
        : IIncomingGrainCallFilter
    {
        public async Task Invoke(IIncomingGrainCallContext context)
        {
            await context.Invoke();
            if (context.InterfaceMethod.DeclaringType!.Namespace != typeof(ISiloMember).Namespace)
                return;

            int bytes = serializer.SerializeToArray(context.Result).Length;
            for (int i = 0; i < context.Request.GetArgumentCount(); i++)
                bytes += serializer.SerializeToArray(context.Request.GetArgument(i)).Length;
            messages.Enqueue((context.InterfaceMethod.Name, bytes));
        }
    }
}
