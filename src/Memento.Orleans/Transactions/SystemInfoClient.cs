using Memento.Diagnostics;
using Memento.Messages;
using Memento.Participants;

namespace Memento.Transactions;

/// <summary>
/// Asks a silo to describe the whole store. In a client, it also tells the silos what the client
/// has counted, because they are asked how many transactions there were.
/// </summary>
/// <param name="lifetime">Whether the store runs.</param>
/// <param name="grains">Reaches the silos.</param>
/// <param name="metrics">Has the counts.</param>
/// <param name="time">The time.</param>
/// <param name="silo">This silo; null in a client.</param>
internal sealed class SystemInfoClient(
    StoreLifetime lifetime,
    IGrainFactory grains,
    StoreMetrics metrics,
    TimeProvider time,
    ILocalSiloDetails? silo = null) : IDisposable
{
    /// <summary>How often a client tells what it has counted.</summary>
    public static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many grains are asked in turn. Orleans sends the calls of a client to one grain through
    /// one gateway; where that does not answer, another grain may have another one.
    /// </summary>
    private const int GrainCount = 64;

    /// <summary>How many grains are asked before the call fails.</summary>
    private const int MostAttempts = 4;

    /// <summary>How long a grain has. It gives each silo two seconds.</summary>
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(3);

    /// <summary>How long a decision by hand may take, which is written in each silo.</summary>
    private static readonly TimeSpan LongestDecision = TimeSpan.FromSeconds(20);

    /// <summary>How long the last report may hold the stop of a client up.</summary>
    private static readonly TimeSpan LongestLastReport = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _reporting = new(1);
    private TransactionTally _told = TransactionTally.None;
    private long _calls;

    /// <summary>Describes the store.</summary>
    /// <exception cref="StoreUnavailableException">No silo answered.</exception>
    public async Task<SystemInfo> AskAsync(CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            lifetime.ThrowIfNotRunning();
            try
            {
                await ReportAsync(LongestAnswer, cancellationToken).ConfigureAwait(false);
                return await AskAsync(
                    static grain => grain.DescribeAsync(), LongestAnswer, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (StoreUnavailableException) when (attempt < MostAttempts)
            {
                // The next grain may be reached.
            }
        }
    }

    /// <summary>Decides a transaction that waits for a grain.</summary>
    /// <exception cref="NoTransactionException">No silo has it.</exception>
    /// <exception cref="StoreUnavailableException">No silo answered.</exception>
    public async Task DecideAsync(
        Guid id, TransactionDecision decision, CancellationToken cancellationToken)
    {
        lifetime.ThrowIfNotRunning();
        int silos = await AskAsync(
            grain => grain.DecideAsync(id, decision), LongestDecision, cancellationToken)
            .ConfigureAwait(false);
        if (silos > 0) return;

        throw new NoTransactionException(decision == TransactionDecision.Forget
            ? $"No silo tells grains that transaction {id} is committed. Only such a transaction "
                + "can be forgotten. InfoAsync lists those that wait, under Undecided."
            : $"No silo has partitions in which transaction {id} is prepared. Only these can be "
                + "committed or aborted by hand. InfoAsync lists them, under Undecided, when their "
                + "partitions are in the memory of a silo.");
    }

    /// <summary>Begins to tell from time to time what a client has counted.</summary>
    public void Start() => _ = ReportFromTimeToTimeAsync(_stopping.Token);

    /// <summary>Tells the last counts, while the client still reaches a silo.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await TryReportAsync(LongestLastReport, CancellationToken.None).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
        _reporting.Dispose();
    }

    private async Task ReportFromTimeToTimeAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(ReportInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
                await TryReportAsync(LongestAnswer, stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The client stops.
        }
    }

    private async Task TryReportAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await ReportAsync(limit, cancellationToken).ConfigureAwait(false);
        }
        catch (MementoException)
        {
            // The next report has these counts too. A statistic is not worth more.
        }
    }

    /// <summary>
    /// Tells what was counted since the last report. If the answer is lost, it is told twice.
    /// </summary>
    private async Task ReportAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (silo is not null) return;

        await _reporting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            TransactionTally now = metrics.Counts.Tally;
            TransactionTally news = now.Since(_told);
            if (news.IsNone) return;

            await AskAsync(
                async grain =>
                {
                    await grain.ReportAsync(news).ConfigureAwait(false);
                    return true;
                },
                limit,
                cancellationToken).ConfigureAwait(false);
            _told = now;
        }
        finally
        {
            _reporting.Release();
        }
    }

    private Task<T> AskAsync<T>(
        Func<IInfoGrain, Task<T>> ask, TimeSpan limit, CancellationToken cancellationToken)
    {
        long key = Interlocked.Increment(ref _calls) % GrainCount;
        return lifetime.AskAsync(
            () => ask(grains.GetGrain<IInfoGrain>(key)).WaitAsync(limit, time, cancellationToken),
            cancellationToken);
    }
}
