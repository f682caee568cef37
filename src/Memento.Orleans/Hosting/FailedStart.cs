using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Memento.Hosting;

/// <summary>
/// Takes down a host whose start has failed. Orleans stops only a silo that was running, and of one
/// that is disposed of instead some loops run on; the grain directory's runs without a pause then.
/// </summary>
internal static class FailedStart
{
    /// <summary>
    /// How long parts may take: one that tells an unreachable cluster of its end takes a minute.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Disposes of all, then stops each part of a silo that has begun.</summary>
    public static async Task CleanUpAsync(IHost host)
    {
        ISiloLifecycleSubject? silo = host.Services.GetService<ISiloLifecycleSubject>();

        // First, while the silo says that it is starting: the disposal of one that its parts say is
        // stopped would wait for a stop that nobody has asked of it.
        if (host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        else
            host.Dispose();

        // Nobody has used it, so there is nothing to hand over. What takes longer goes on by
        // itself.
        if (silo is null) return;
        Task stopping = silo.OnStop(new CancellationToken(canceled: true));
        await Task.WhenAny(stopping, Task.Delay(Patience));
    }
}
