using Memento.Tests.Conformance.Tables;
using Orleans.Concurrency;
using Orleans.Transactions.Abstractions;

namespace Memento.Tests.Conformance.Grains;

[Reentrant]
public sealed class ShopGrain(
    IMemento memento,
    [TransactionalState("shop", "foreign")] ITransactionalState<ShopState> state)
    : Grain, IShopGrain
{
    private readonly List<string> _calledBack = [];

    private ITransaction Current
        => memento.Current ?? throw new InvalidOperationException("There is no transaction.");

    public async Task<long> SellAsync(string name, long value)
    {
        await Current.WriteAsync(new Entry { Name = name, Value = value, Group = "shop" });
        Ticket ticket = await Current.WriteAsync(new Ticket { Title = name });
        return ticket.Id;
    }

    public async Task<int> CallBackAsync(string name, bool fails)
    {
        TaskScheduler scheduler = TaskScheduler.Current;
        await Current.WriteAsync(new Entry { Name = name });
        Current.OnCommitted(() => Add("committed"));
        Current.OnAborted(() => Add("aborted"));
        if (fails) throw new InvalidOperationException("The shop is closed.");
        return Current.Attempt;

        void Add(string what)
        {
            _calledBack.Add(scheduler == TaskScheduler.Current ? what : $"{what} elsewhere");
        }
    }

    public Task<int> AttemptAsync() => Task.FromResult(Current.Attempt);

    public async Task<string> AskForSnapshotAsync(string name)
    {
        await SellAsync(name, 1);
        try
        {
            return await memento.SnapshotAsync(static _ => Task.FromResult("It was taken."));
        }
        catch (MementoException refused)
        {
            return refused.Message;
        }
    }

    public Task<List<string>> TakeCalledBackAsync()
    {
        List<string> taken = [.. _calledBack];
        _calledBack.Clear();
        return Task.FromResult(taken);
    }

    public async Task FailAsync(string name)
    {
        await SellAsync(name, 1);
        throw new InvalidOperationException("The shop is closed.");
    }

    public async Task AbortAsync(string name)
    {
        await SellAsync(name, 1);
        Current.Abort("sold out");
    }

    public async Task<long> IncrementAsync(string name)
    {
        long next = 1 + ((await Current.ReadAsync<Entry>(name))?.Value ?? 0);
        await Current.WriteAsync(new Entry { Name = name, Value = next });
        await Current.TryNestedAsync(async inner =>
        {
            await inner.DeleteAsync<Entry>(name);
            inner.Abort();
        });
        return (await Current.ReadAsync<Entry>(name))!.Value;
    }

    public async Task<long> SellThroughAsync(string other, string name)
    {
        await Current.WriteAsync(new Entry { Name = $"{name} here", Value = 1 });
        long ticket = await GrainFactory.GetGrain<IShopGrain>(other).SellAsync(name, 2);

        // The write of the other grain is this transaction's own.
        Entry there = (await Current.ReadAsync<Entry>(name))!;
        await Current.WriteAsync(there with { Value = there.Value + 1 });
        return ticket;
    }

    public async Task SellAndCountAsync(string name)
    {
        await SellAsync(name, 1);
        await CountAsync();
    }

    public Task<int> CountAsync() => state.PerformUpdate(static shop => ++shop.Count);

    public Task<int> ReadCountAsync() => state.PerformRead(static shop => shop.Count);

    public async Task<bool> SellAloneAsync(string name)
    {
        bool isOutside = memento.Current is null;
        await memento.TransactionAsync(
            async tx => { await tx.WriteAsync(new Entry { Name = name, Value = 1 }); });
        return isOutside;
    }

    public Task<string> GoOnAloneAsync(string name)
        => GoOnAsync(() => memento.TransactionAsync(
            async tx => { await tx.WriteAsync(new Entry { Name = name, Value = 1 }); }));

    public Task<string> CallAloneAsync(string other)
        => GoOnAsync(() => GrainFactory.GetGrain<IShopGrain>(other).CountAsync());

    private async Task<string> GoOnAsync(Func<Task> late)
    {
        var isGivenUp = new Signal();
        Task body = Task.CompletedTask;
        try
        {
            await memento.TransactionAsync(
                _ => body = BodyAsync(),
                new TransactionOptions { Timeout = TimeSpan.FromMilliseconds(100) });
        }
        catch (TransactionTimeoutException)
        {
            isGivenUp.Set();
        }

        try
        {
            await body;
        }
        catch (MementoException refused)
        {
            return refused.GetType().Name;
        }

        return "kept";

        async Task BodyAsync()
        {
            await isGivenUp.WaitAsync();
            await late();
        }
    }
}
