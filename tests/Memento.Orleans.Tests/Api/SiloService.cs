namespace Memento.Tests.Api;

/// <summary>A part of a silo that starts before the store, and counts.</summary>
internal sealed class SiloService : ILifecycleParticipant<ISiloLifecycle>
{
    public int Started { get; private set; }

    public int Stopped { get; private set; }

    public void Participate(ISiloLifecycle lifecycle)
        => lifecycle.Subscribe(nameof(SiloService), ServiceLifecycleStage.First, Start, Stop);

    private Task Start(CancellationToken cancellationToken)
    {
        Started++;
        return Task.CompletedTask;
    }

    private Task Stop(CancellationToken cancellationToken)
    {
        Stopped++;
        return Task.CompletedTask;
    }
}
