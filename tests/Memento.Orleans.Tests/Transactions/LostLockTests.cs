using Memento.Locks;
using Memento.Partitions;
using Memento.Tests.Conformance;
using Memento.Tests.Conformance.Tables;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Transactions;

/// <summary>
/// A transaction that has lost a conflict waits for the lock before its body runs again. Here it
/// would wait longer than any test does, if nothing ended the wait.
/// </summary>
public sealed class LostLockTests : IAsyncLifetime
{
    private TestSilo _silo = null!;
    private IMemento _inside = null!;
    private IMemento _client = null!;

    public async ValueTask InitializeAsync()
    {
        _silo = await TestSilo.StartAsync(Configure);
        _inside = _silo.Services.GetRequiredService<IMemento>();
        _client = (await _silo.ConnectAsync(Configure)).GetRequiredService<IMemento>();
    }

    public async ValueTask DisposeAsync() => await _silo.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_body_runs_again_when_the_winner_has_ended_and_not_before(bool isClient)
    {
        OpenTransaction winner = await OpenTransaction.StartAsync(_inside);
        await winner.Tx.WriteAsync(new Entry { Name = "k", Value = 1 }).Within();
        int runs = 0;

        Task loser = StoreOf(isClient).TransactionAsync(async tx =>
        {
            runs++;
            await tx.WriteAsync(new Entry { Name = "own", Value = 1 });
            Entry? read = await tx.ReadAsync<Entry>("k", LockMode.Write);
            await tx.WriteAsync(read! with { Value = read.Value + 1 });
        });
        await UntilItWaitsAsync();
        await _inside.TransactionAsync(
            async tx => await tx.WriteAsync(new Entry { Name = "own", Value = 2 })).Within();
        Assert.Equal(1, Volatile.Read(ref runs));
        await winner.CommitAsync();
        await loser.Within();

        Assert.Equal(2, runs);
        Assert.Equal(2, (await _inside.Table<Entry>().GetAsync("k").Within())!.Value);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cancellation_ends_the_wait_at_once(bool isClient)
    {
        OpenTransaction winner = await OpenTransaction.StartAsync(_inside);
        await winner.Tx.WriteAsync(new Entry { Name = "k", Value = 1 }).Within();
        using var cancellation = new CancellationTokenSource();

        Task loser = StoreOf(isClient).TransactionAsync(
            async tx => await tx.WriteAsync(new Entry { Name = "k", Value = 2 }),
            options: null,
            cancellation.Token);
        await UntilItWaitsAsync();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loser.Within());
        await winner.CommitAsync();
        await Waiting.UntilAsync(
            () => _silo.Services.GetRequiredService<PartitionDirectory>().All
                .All(static each => each.IsIdle()),
            "nothing is left locked");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_time_limit_ends_the_wait_and_says_for_whom_it_was(bool isClient)
    {
        OpenTransaction winner = await OpenTransaction.StartAsync(_inside);
        await winner.Tx.WriteAsync(new Entry { Name = "k", Value = 1 }).Within();

        var late = await Assert.ThrowsAsync<TransactionTimeoutException>(
            () => StoreOf(isClient).TransactionAsync(
                async tx => await tx.WriteAsync(new Entry { Name = "k", Value = 2 }),
                new TransactionOptions { Timeout = TimeSpan.FromSeconds(1) }).Within());

        Assert.Contains($"{winner.Tx.Id}", late.Message, StringComparison.Ordinal);
        await winner.CommitAsync();
    }

    private static void Configure(IMementoBuilder memento)
        => memento.AddTable<Entry>().Configure(
            static options => options.MaxRetryDelay = TimeSpan.FromMinutes(1));

    private IMemento StoreOf(bool isClient) => isClient ? _client : _inside;

    private Task UntilItWaitsAsync()
        => Waiting.UntilAsync(
            () => _silo.Services.GetRequiredService<PartitionDirectory>().All
                .Any(static each =>
                {
                    List<LockInfo> locks = [];
                    each.DescribeLocks(locks);
                    return locks.Exists(static one => one.IsWaiting);
                }),
            "the loser waits for the winner");
}
