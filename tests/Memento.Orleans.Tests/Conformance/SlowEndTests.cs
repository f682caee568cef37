using Memento.Participants;
using Memento.Tests.Conformance.Grains;
using Memento.Tests.Conformance.Tables;
using Memento.Transactions;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Conformance;

/// <summary>
/// A process that stands still between the end of a body and the end of its transaction, so that
/// the time limit ends the transaction meanwhile.
/// </summary>
public sealed class SlowEndTests(SlowEndFixture fixture) : IClassFixture<SlowEndFixture>
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task What_its_limit_has_ended_is_whole_and_its_caller_told_the_truth(
        bool isClient, bool usesTable)
    {
        IServiceProvider services = isClient ? fixture.Client : fixture.Silo;
        IMemento memento = services.GetRequiredService<IMemento>();
        string name = $"{Guid.NewGuid()}";
        IShopGrain shop = services.GetRequiredService<IGrainFactory>().GetGrain<IShopGrain>(name);
        Exception? error = await Record.ExceptionAsync(() => memento.TransactionAsync(
            async tx =>
            {
                if (usesTable) await tx.WriteAsync(new Entry { Name = name, Value = 1 });
                await shop.CountAsync();
                fixture.HoldNext(services, tx.Id);
            },
            new TransactionOptions { Timeout = TimeSpan.FromSeconds(3) }).Within());

        Assert.IsType<TransactionTimeoutException>(error);
        Assert.Equal(0, await shop.ReadCountAsync().Within());
        Assert.Null(await memento.Table<Entry>().GetAsync(name).Within());
    }
}

/// <summary>Holds the end of a transaction until its time limit has ended it.</summary>
public sealed class SlowEndFixture : ApplicationGrainFixture
{
    private Func<Task> _hold = static () => Task.CompletedTask;

    /// <summary>Holds the end that comes next.</summary>
    public void HoldNext(IServiceProvider services, Guid id)
        => _hold = () => Waiting.UntilAsync(
            () => services.GetRequiredService<TransactionRegistry>().Find(id) is null,
            "the time limit ends the transaction");

    protected override void Configure(IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        ServiceDescriptor known = services.Last(
            static each => each.ServiceType == typeof(MementoTransactionClient));
        services.AddSingleton(provider => new MementoTransactionClient(
            new SlowClient(
                this, (ITransactionClient)known.ImplementationFactory!(provider)),
            provider.GetRequiredService<MementoTransactionAgent>(),
            provider.GetRequiredService<AmbientTransaction>()));
    }

    private Task HoldAsync() => Interlocked.Exchange(ref _hold, static () => Task.CompletedTask)();

    private sealed class SlowClient(SlowEndFixture fixture, ITransactionClient inner)
        : ITransactionClient
    {
        public Task RunTransaction(
            TransactionOption transactionOption, Func<Task> transactionDelegate)
            => RunAsync(() => inner.RunTransaction(transactionOption, transactionDelegate));

        public Task RunTransaction(
            TransactionOption transactionOption, Func<Task<bool>> transactionDelegate)
            => RunAsync(() => inner.RunTransaction(transactionOption, transactionDelegate));

        public Task RunTransaction(
            TransactionOption transactionOption,
            Func<Task> transactionDelegate,
            bool useExclusiveLock)
            => RunAsync(() => inner.RunTransaction(
                transactionOption, transactionDelegate, useExclusiveLock));

        public Task RunTransaction(
            TransactionOption transactionOption,
            Func<Task<bool>> transactionDelegate,
            bool useExclusiveLock)
            => RunAsync(() => inner.RunTransaction(
                transactionOption, transactionDelegate, useExclusiveLock));

        // Not later where nothing is held: a transaction is introduced to Orleans at once.
        private Task RunAsync(Func<Task> run)
        {
            Task holding = fixture.HoldAsync();
            return holding.IsCompleted ? run() : RunLaterAsync();

            async Task RunLaterAsync()
            {
                await holding;
                await run();
            }
        }
    }
}
