using Memento.Diagnostics.Inspection;
using Memento.Participants;
using Memento.Transactions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Transactions;

namespace Memento.Hosting;

/// <summary>Starts Memento with its client.</summary>
internal sealed class ClientStartup(
    IServiceProvider services,
    TransactionSweeper sweeper,
    StoreLifetime lifetime,
    LateIntroduction introduction,
    StoreGauges gauges,
    SystemInfoClient info,
    IOptions<MementoOptions> options)
    : ILifecycleParticipant<IClusterClientLifecycle>
{
    public void Participate(IClusterClientLifecycle lifecycle)
    {
        lifecycle.Subscribe(
            nameof(ClientStartup),
            ServiceLifecycleStage.RuntimeInitialize,
            StartAsync,
            StopAsync);
        lifecycle.Subscribe(
            $"{nameof(ClientStartup)}.Transactions",
            ServiceLifecycleStage.Active,
            _ => introduction.TryAsync(),
            _ => info.StopAsync());
    }

    private Task StartAsync(CancellationToken cancellationToken)
    {
        AgentCheck.ThrowIfReplaced(services.GetRequiredService<ITransactionAgent>());
        _ = options.Value;
        gauges.Register();
        sweeper.Start();
        info.Start();
        lifetime.Start();
        return Task.CompletedTask;
    }

    private Task StopAsync(CancellationToken cancellationToken)
    {
        lifetime.Stop();
        return sweeper.StopAsync();
    }
}
