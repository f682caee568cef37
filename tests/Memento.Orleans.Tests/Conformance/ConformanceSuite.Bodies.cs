using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Conformance;

/// <summary>
/// The forms that a body can have. That they compile is what these tests are for, first of all: an
/// async lambda fits a Task and a ValueTask alike.
/// </summary>
public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task A_body_may_give_a_Task_or_a_ValueTask_as_a_lambda_or_a_method()
    {
        Entry entry = NewEntry("a", 1);

        // Async lambdas, with a value and without, and what has no value because it throws.
        Assert.Equal(1, await Memento.TransactionAsync(
            async tx => (await tx.WriteAsync(entry)).Value).Within());
        await Memento.TransactionAsync(async tx => { await tx.WriteAsync(entry); }).Within();
        await Memento.TransactionAsync(async _ => await Task.Yield()).Within();
        await Assert.ThrowsAsync<PlainException>(() => Memento.TransactionAsync(
            _ => throw new PlainException("no body")).Within());
        await Assert.ThrowsAsync<PlainException>(() => Memento.TransactionAsync(
            async _ =>
            {
                await Task.Yield();
                throw new PlainException("no body");
            }).Within());

        // Expressions: calls of a transaction and of a table, tasks, what is there already.
        Assert.Equal(
            entry, await Memento.TransactionAsync(tx => tx.ReadAsync<Entry>("a")).Within());
        Assert.Equal(entry, await Memento.TransactionAsync(tx => tx.WriteAsync(entry)).Within());
        await Memento.TransactionAsync(tx => tx.LockTableAsync<Entry>(LockMode.Read)).Within();
        Assert.Equal(entry, await Memento.TransactionAsync(
            _ => Memento.Table<Entry>().PutAsync(entry)).Within());
        Assert.Equal(1, await Memento.TransactionAsync(
            tx => tx.Query<Entry>().Where(e => e.Value == 1).CountAsync()).Within());
        Assert.Equal(2, await Memento.TransactionAsync(_ => Task.FromResult(2)).Within());
        await Memento.TransactionAsync(_ => Task.CompletedTask).Within();
        Assert.Equal(3, await Memento.TransactionAsync(_ => ValueTask.FromResult(3)).Within());
        await Memento.TransactionAsync(_ => ValueTask.CompletedTask).Within();

        // Method groups and delegates, with options.
        Assert.Equal(1, await Memento.TransactionAsync(CountAsync, Once).Within());
        Assert.Equal(1, await Memento.TransactionAsync(CountLightAsync, Once).Within());
        await Memento.TransactionAsync(LockAsync, Once).Within();
        await Memento.TransactionAsync(LockLightAsync, Once).Within();
        Func<ITransaction, ValueTask<long>> body = CountLightAsync;
        Assert.Equal(1, await Memento.TransactionAsync(body).Within());
        Assert.Equal(1, await Memento.TransactionAsync<long>(
            async tx => await tx.CountAsync<Entry>()).Within());
    }

    [Fact]
    public async Task Every_call_with_a_body_takes_both()
    {
        Entry entry = NewEntry("a", 1);
        TransactionResult<Entry> written =
            await Memento.TryTransactionAsync(tx => tx.WriteAsync(entry)).Within();
        Assert.Equal((true, entry), (written.Ok, written.Value));
        Assert.True((await Memento.TryTransactionAsync(async tx => await tx.WriteAsync(entry))
            .Within()).Ok);
        Assert.True((await Memento.TryTransactionAsync(LockLightAsync).Within()).Ok);
        TransactionResult aborted = await Memento.TryTransactionAsync(static tx =>
        {
            tx.Abort("why");
            return ValueTask.CompletedTask;
        }).Within();
        Assert.Equal((false, "why"), (aborted.Ok, aborted.Reason));

        Assert.Equal(1, await Memento.SnapshotAsync(
            snapshot => snapshot.CountAsync<Entry>()).Within());
        Assert.Equal(1, await Memento.SnapshotAsync(
            async snapshot => await snapshot.CountAsync<Entry>()).Within());
        Assert.Equal(entry, await Memento.SnapshotAsync(
            _ => Memento.Table<Entry>().GetAsync("a")).Within());
        await Memento.SnapshotAsync(static _ => ValueTask.CompletedTask).Within();

        await Memento.TransactionAsync(async tx =>
        {
            Assert.Equal(entry, await tx.NestedAsync(inner => inner.ReadAsync<Entry>("a")));
            Assert.Equal(entry, await tx.NestedAsync(
                async inner => await inner.ReadAsync<Entry>("a")));
            await tx.NestedAsync(LockLightAsync);
            Assert.Equal(1, (await tx.TryNestedAsync(CountLightAsync)).Value);
            Assert.Equal(1, (await tx.TryNestedAsync(CountAsync)).Value);
            Assert.True((await tx.TryNestedAsync(LockLightAsync)).Ok);
        }).Within();
        await Assert.ThrowsAsync<ArgumentNullException>(
            () => Memento.TransactionAsync((Func<ITransaction, ValueTask>)null!));
    }

    private static async Task<long> CountAsync(ITransaction tx) => await tx.CountAsync<Entry>();

    private static ValueTask<long> CountLightAsync(ITransaction tx) => tx.CountAsync<Entry>();

    private static async Task LockAsync(ITransaction tx)
        => await tx.LockTableAsync<Entry>(LockMode.Read);

    private static ValueTask LockLightAsync(ITransaction tx)
        => tx.LockTableAsync<Entry>(LockMode.Read);
}
