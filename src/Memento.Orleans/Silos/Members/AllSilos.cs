using Memento.Messages;
using Memento.Participants;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Services;

namespace Memento.Silos.Members;

/// <summary>Calls every silo of the cluster.</summary>
internal sealed class AllSilos(
    IServiceProvider services,
    IClusterMembershipService membership,
    TimeProvider time,
    ILogger<AllSilos> logger)
    : GrainServiceClient<ISiloMember>(services), IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    public bool IsDead(SiloAddress silo) => membership.IsDead(silo);

    /// <summary>
    /// Calls every silo that serves, until it has answered or ends. Silos that joined meanwhile are
    /// called too: one that was not called joined later, and can ask those that were.
    /// </summary>
    public async Task<IReadOnlyList<(SiloAddress Silo, T Answer)>> CallAsync<T>(
        Func<ISiloMember, Task<T>> call)
    {
        HashSet<SiloAddress> called = [];
        List<(SiloAddress Silo, T Answer)> answers = [];
        while (true)
        {
            SiloAddress[] next = [.. membership.FindServing().Where(called.Add)];
            if (next.Length == 0) return answers;

            foreach ((SiloAddress, T)? answer in await Task.WhenAll(
                next.Select(silo => CallAsync(silo, call))).ConfigureAwait(false))
            {
                if (answer is { } some) answers.Add(some);
            }

            // From the table itself: what this silo knows of others may be old.
            await membership.Refresh(default, _stopping.Token).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Asks every silo that serves, once, all side by side, and waits for none of them longer than
    /// a limit. A silo that did not answer in time has a failure.
    /// </summary>
    public Task<(SiloAddress Silo, T? Answer, Exception? Failure)[]> AskAsync<T>(
        Func<ISiloMember, Task<T>> ask, TimeSpan limit)
        where T : class
        => Task.WhenAll(membership.FindServing().Select(async silo =>
        {
            try
            {
                T answer = await ask(GetGrainService(silo)).WaitAsync(limit, time)
                    .ConfigureAwait(false);
                return (silo, answer, default(Exception));
            }
            catch (Exception failure)
            {
                return (silo, default(T), failure);
            }
        }));

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    /// <summary>Calls a silo; null if it ends without an answer.</summary>
    private async Task<(SiloAddress Silo, T Answer)?> CallAsync<T>(
        SiloAddress silo, Func<ISiloMember, Task<T>> call)
    {
        for (TimeSpan pause = BackOff.First; ; pause = BackOff.After(pause))
        {
            try
            {
                return (silo, await call(GetGrainService(silo)).ConfigureAwait(false));
            }
            catch (Exception exception) when (StoreLifetime.IsUnreachable(exception))
            {
                if (membership.CurrentSnapshot.GetSiloStatus(silo) != SiloStatus.Active)
                    return null;
                MemberLog.NotReached(logger, exception, silo);
            }

            await Task.Delay(pause, time, _stopping.Token).ConfigureAwait(false);
        }
    }
}

/// <summary>The log messages about calls of silos.</summary>
internal static partial class MemberLog
{
    [LoggerMessage(
        EventId = 1220,
        Level = LogLevel.Warning,
        Message = "Silo {Silo} did not answer, and is called again until it answers or is known "
            + "to be dead")]
    public static partial void NotReached(ILogger logger, Exception exception, SiloAddress silo);

    [LoggerMessage(
        EventId = 1221,
        Level = LogLevel.Warning,
        Message = "The catalog did not answer after a silo had died. If it died in a change of "
            + "tables, the next change tells all silos of it")]
    public static partial void NotWoken(ILogger logger, Exception exception);
}
