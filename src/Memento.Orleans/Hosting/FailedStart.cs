using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Memento.Hosting;

/// <summary>
/// Takes down a host whose start has failed. Orleans stops only a silo that was running. If such a
/// silo is only disposed, some of its loops go on; the loop of the grain directory then runs
/// without a pause.
/// </summary>
internal static class FailedStart
{
    /// <summary>
    /// How long a part may take: telling an unreachable cluster about the end takes a minute.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Disposes of the host, then stops each part of the silo that has begun.</summary>
    public static async Task CleanUpAsync(IHost host)
    {
        ISiloLifecycleSubject? silo = host.Services.GetService<ISiloLifecycleSubject>();

        // First, while the silo's state is still starting: after its parts have stopped, the
        // disposal would wait for a stop that was never requested.
        if (host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        else
            host.Dispose();

        // No caller has used the silo, so there is nothing to hand over. Parts that take longer go
        // on by themselves.
        if (silo is null) return;
        Task stopping = silo.OnStop(new CancellationToken(canceled: true));
        await Task.WhenAny(stopping, Task.Delay(Patience));
    }
}
