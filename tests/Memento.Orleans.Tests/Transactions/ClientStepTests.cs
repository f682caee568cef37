using Memento.Messages;
using Memento.Tests.Conformance;
using Memento.Tests.Conformance.Tables;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Transactions;

/// <summary>
/// Each message of a client's change of a table with unique indexes fails in turn; the body goes
/// on, and nothing of the change is left.
/// </summary>
public sealed class ClientStepTests : IAsyncLifetime
{
    private static readonly Ticket Standing =
        new() { Id = 1, Title = "t", Owner = "o", Code = "old" };

    private TestSilo _silo = null!;
    private IMemento _memento = null!;
    private int _failAt;
    private bool _failsAfter;
    private int _messages;

    public async ValueTask InitializeAsync()
    {
        _silo = await TestSilo.StartAsync(
            static memento => memento.AddConformanceTables(TableStorage.Ram),
            silo => silo.AddIncomingGrainCallFilter(FailAsync));
        IServiceProvider client = await _silo.ConnectAsync(
            static memento => memento.AddConformanceTables(TableStorage.Ram));
        _memento = client.GetRequiredService<IMemento>();
    }

    public async ValueTask DisposeAsync() => await _silo.DisposeAsync();

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task A_change_whose_message_fails_leaves_nothing_of_itself(
        bool isDeletion, bool failsAfter)
    {
        await _memento.Table<Ticket>().PutAsync(Standing).Within();
        _failsAfter = failsAfter;
        int steps = 0;
        while (await FailsAsync(isDeletion, failAt: steps + 1))
            steps++;

        Assert.Equal(isDeletion ? 4 : 6, steps);
    }

    /// <summary>
    /// Makes the change with one message failing; false where it has not so many.
    /// </summary>
    private async Task<bool> FailsAsync(bool isDeletion, int failAt)
    {
        Exception? error = null;
        bool isFirst = true;
        await _memento.TryTransactionAsync(async tx =>
        {
            await tx.ReadAsync<Entry>("age");

            // Where an answer was lost, the commit finds that out, and the body runs again.
            if (!isFirst) return;

            isFirst = false;
            Volatile.Write(ref _messages, 0);
            Volatile.Write(ref _failAt, failAt);
            error = await Record.ExceptionAsync(async () =>
            {
                if (isDeletion)
                    await tx.DeleteAsync<Ticket>(1);
                else
                    await tx.WriteAsync(
                        new Ticket { Id = 1, Title = "u", Owner = "p", Code = "new" });
            });
            Volatile.Write(ref _failAt, 0);
            if (error is null) tx.Abort("It has no such step.");

            Assert.Equal([Standing], await tx.AllAsync<Ticket>());
        }).Within();
        if (error is null) return false;

        Assert.IsType<InvalidOperationException>(error);
        await _memento.TryTransactionAsync(async tx =>
        {
            Assert.Equal([Standing], await tx.AllAsync<Ticket>());
            await Assert.ThrowsAsync<UniqueIndexException>(
                async () => await tx.WriteAsync(new Ticket { Title = "a", Code = "old" }));
            await Assert.ThrowsAsync<UniqueIndexException>(
                async () => await tx.WriteAsync(new Ticket { Title = "t", Owner = "o" }));
            await tx.WriteAsync(new Ticket { Title = "u", Owner = "p", Code = "new" });
            tx.Abort();
        }).Within();
        return true;
    }

    private async Task FailAsync(IIncomingGrainCallContext context)
    {
        bool isOperation = context.InterfaceMethod.DeclaringType == typeof(IIndexGrain)
            && context.InterfaceMethod.Name == nameof(IIndexGrain.ExecuteAsync);
        bool fails = isOperation && Interlocked.Increment(ref _messages)
            == Volatile.Read(ref _failAt);
        if (!fails || _failsAfter) await context.Invoke();
        if (fails) throw new InvalidOperationException("The message fails.");
    }
}
