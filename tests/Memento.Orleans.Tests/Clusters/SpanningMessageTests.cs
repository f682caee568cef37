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
    /// <summary>
    /// Each message with its answer, without what Orleans puts around them. A transfer sent about
    /// 2,500 when this was written.
    /// </summary>
    private const int MostBytes = 3_200;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_transfer_between_two_other_silos_sends_one_message_a_silo_and_step(
        bool isOnDisk)
    {
        var messages = new ConcurrentQueue<(string Name, int Bytes)>();
        await using var place = new MemoryUnderTest();
        await using SiloCluster cluster = await SiloCluster.StartAsync(
            3,
            memento => memento.AddTable<Mark>(
                table => table.Storage = isOnDisk ? TableStorage.Disk : TableStorage.Ram),
            place,
            silo => silo.Services.AddSingleton<IIncomingGrainCallFilter>(
                services => new CountingFilter(
                    messages, services.GetRequiredService<Serializer>())));
        IMemento memento = cluster.Silos[0].Memento;
        int from = (await cluster.KeysInAsync<Mark, int>(
            cluster.Silos[1], 1, static id => id))[0];
        int to = (await cluster.KeysInAsync<Mark, int>(cluster.Silos[2], 1, static id => id))[0];
        await memento.Table<Mark>().PutAsync(new Mark { Id = from, Text = "100" }).Within();
        await memento.Table<Mark>().PutAsync(new Mark { Id = to, Text = "100" }).Within();
        await cluster.UntilIdleAsync();
        messages.Clear();

        await memento.TransactionAsync(async tx =>
        {
            Task<Mark?> payer = tx.ReadAsync<Mark>(from, LockMode.Write).AsTask();
            Task<Mark?> payee = tx.ReadAsync<Mark>(to, LockMode.Write).AsTask();
            await Task.WhenAll(payer, payee);
            await Task.WhenAll(
                tx.WriteAsync((await payer)! with { Text = "99" }).AsTask(),
                tx.WriteAsync((await payee)! with { Text = "101" }).AsTask());
        }).Within();

        // Two reads and two writes; one of the two silos coordinates.
        Assert.Equal(
            ["CommitAsync", .. Enumerable.Repeat("ExecuteAsync", 4), "SealAsync", "SettleAsync"],
            messages.Select(static each => each.Name).Order());
        int bytes = messages.Sum(static each => each.Bytes);
        output.WriteLine($"{messages.Count} messages, {bytes} bytes");
        Assert.InRange(bytes, 1, MostBytes);
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
