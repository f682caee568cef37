using System.Net;
using System.Net.Sockets;
using Memento.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Memento;

/// <summary>
/// A whole silo in this process, in one line, for console applications and tests. It listens on a
/// free loopback port and accepts no clients.
/// </summary>
public sealed class MementoHost : IAsyncDisposable
{
    /// <summary>
    /// How often the start tries other ports, if another program has taken the free ones.
    /// </summary>
    private const int PortAttempts = 5;

    private readonly IHost _host;

    private MementoHost(IHost host)
    {
        _host = host;
        Memento = host.Services.GetRequiredService<IMemento>();
    }

    /// <summary>The store.</summary>
    public IMemento Memento { get; }

    /// <summary>The services of the silo.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>Starts a silo.</summary>
    /// <param name="configure">Registers tables and chooses the storage.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="InvalidTableException">A definition breaks a rule.</exception>
    /// <exception cref="StorageException">The storage cannot be opened.</exception>
    /// <exception cref="MementoException">
    /// The silo cannot join its cluster, or the program was built without dynamic code
    /// (PublishAot).
    /// </exception>
    public static Task<MementoHost> StartAsync(
        Action<IMementoBuilder> configure, CancellationToken cancellationToken = default)
        => StartAsync(configure, configureHost: null, cancellationToken);

    /// <summary>Starts a silo in a host that is configured further.</summary>
    /// <param name="configure">Registers tables and chooses the storage.</param>
    /// <param name="configureHost">Adds configuration, logging or services.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="InvalidTableException">A definition breaks a rule.</exception>
    /// <exception cref="StorageException">The storage cannot be opened.</exception>
    /// <exception cref="MementoException">
    /// The silo cannot join its cluster, or the program was built without dynamic code
    /// (PublishAot).
    /// </exception>
    public static async Task<MementoHost> StartAsync(
        Action<IMementoBuilder> configure,
        Action<HostApplicationBuilder>? configureHost,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configure);
        DynamicCodeCheck.ThrowIfMissing();
        for (int attempt = 1; ; attempt++)
        {
            var errors = new StartErrors();
            IHost host = Build(configure, configureHost, errors);
            try
            {
                await StartAsync(host, errors, cancellationToken);
                return new MementoHost(host);
            }
            catch (Exception exception)
            {
                await FailedStart.CleanUpAsync(host);
                if (attempt >= PortAttempts || !IsPortTaken(exception)) throw;
            }
        }
    }

    /// <summary>Stops the silo: running transactions end, and the journal is written out.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await DisposeAsync(_host);
    }

    /// <summary>Starts a host; gives up if its silo cannot join the cluster.</summary>
    private static async Task StartAsync(
        IHost host, StartErrors errors, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        JoinWatch joining = host.Services.GetRequiredService<JoinWatch>();
        Task starting = host.StartAsync(limit.Token);
        if (await Task.WhenAny(starting, joining.IsLate) == starting)
        {
            await starting;
            errors.End();
            return;
        }

        string reason = errors.Last ?? "Orleans logged no reason";
        await limit.CancelAsync();
        try
        {
            await starting;
        }
        catch (Exception exception)
        {
            throw new MementoException(
                $"The silo could not join its cluster within {JoinWatch.Patience}: {reason}. Check "
                + "that the silo which its clustering names is running and can be reached.",
                exception);
        }
    }

    private static IHost Build(
        Action<IMementoBuilder> configure,
        Action<HostApplicationBuilder>? configureHost,
        StartErrors errors)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Logging.AddProvider(errors);
        configureHost?.Invoke(builder);
        builder.UseOrleans(silo =>
        {
            int port = FindFreePort();
            silo.UseLocalhostClustering(siloPort: port, gatewayPort: 0);
            silo.Configure<EndpointOptions>(options =>
            {
                options.AdvertisedIPAddress = IPAddress.Loopback;
                options.SiloListeningEndpoint = new IPEndPoint(IPAddress.Loopback, port);
                options.GatewayPort = 0;
                options.GatewayListeningEndpoint = null;
            });
            silo.AddMemento(configure);
        });

        // Here and not in the container, whose own calls would hide a mistake.
        MementoServices.BuilderOf(builder.Services)!.BuildTables();
        return builder.Build();
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool IsPortTaken(Exception exception)
    {
        for (Exception? each = exception; each is not null; each = each.InnerException)
        {
            if (each is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }
                or Microsoft.AspNetCore.Connections.AddressInUseException)
            {
                return true;
            }
        }

        return false;
    }

    private static async ValueTask DisposeAsync(IHost host)
    {
        if (host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        else
            host.Dispose();
    }
}
