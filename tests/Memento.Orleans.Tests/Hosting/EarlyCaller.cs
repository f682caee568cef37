using Memento.Messages;
using Memento.Tests.Conformance;
using Microsoft.Extensions.DependencyInjection;

namespace Memento.Tests.Hosting;

/// <summary>
/// Asks for a table when the silo is up and start-up has not come to the tables yet, as a client
/// does that was there before the silo.
/// </summary>
internal sealed class EarlyCaller(IServiceProvider services, string table)
    : ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>How long start-up is held up for a call that ought to wait for it.</summary>
    private static readonly TimeSpan Head = TimeSpan.FromSeconds(1);

    /// <summary>Its call of the first partition.</summary>
    public Task Called { get; private set; } = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle)
        => lifecycle.Subscribe(
            nameof(EarlyCaller), ServiceLifecycleStage.BecomeActive, async cancellationToken =>
            {
                Called = CallAsync();
                await Task.WhenAny(Called, Task.Delay(Head, cancellationToken));
            });

    private async Task CallAsync()
    {
        IIndexGrain grain = services.GetRequiredService<IGrainFactory>()
            .GetGrain<IIndexGrain>(IndexGrainKey.Of(table, 0));
        await Waiting.UntilAsync(() => IsOpenAsync(grain), "the silo takes calls");
    }

    /// <summary>A silo that is not active yet refuses calls.</summary>
    private static async Task<bool> IsOpenAsync(IIndexGrain grain)
    {
        try
        {
            return (await grain.OpenAsync()).Error is null;
        }
        catch (OrleansException)
        {
            return false;
        }
    }
}
