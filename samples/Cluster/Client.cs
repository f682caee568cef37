using System.Collections.Concurrent;
using Memento;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cluster;

/// <summary>
/// A client of the cluster that moves money between accounts, and remembers what was acknowledged.
/// </summary>
internal sealed class Client : IAsyncDisposable
{
    /// <summary>How many transfers it makes at the same time.</summary>
    private const int Workers = 8;

    private readonly ConcurrentQueue<Guid> _acknowledged = [];
    private readonly IHost _host;
    private int _unsure;

    private Client(IHost host)
    {
        _host = host;
        Memento = host.Services.GetRequiredService<IMemento>();
    }

    public IMemento Memento { get; }

    /// <summary>The transfers that were acknowledged.</summary>
    public IReadOnlyCollection<Guid> Acknowledged => _acknowledged;

    /// <summary>The transfers of which nothing is known but that they may have been made.</summary>
    public int Unsure => _unsure;

    /// <summary>Connects to the silos that the membership names.</summary>
    public static async Task<Client> ConnectAsync(Place place, CancellationToken cancellationToken)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddSingleton<IHostLifetime, OwnLifetime>();
        builder.UseOrleansClient(place.Use);
        IHost host = builder.Build();
        await host.StartAsync(cancellationToken);
        return new Client(host);
    }

    /// <summary>Transfers until it is told to end.</summary>
    public Task TransferAsync(int accounts, CancellationToken end)
        => Task.WhenAll(Enumerable.Range(0, Workers).Select(async _ =>
        {
            while (!end.IsCancellationRequested)
                await TransferOnceAsync(accounts);
        }));

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    private async Task TransferOnceAsync(int accounts)
    {
        int from = Random.Shared.Next(accounts);
        var receipt = new Receipt
        {
            Id = Guid.NewGuid(),
            From = from,
            To = (from + 1 + Random.Shared.Next(accounts - 1)) % accounts,
            Amount = 1 + Random.Shared.Next(10),
        };
        try
        {
            await Memento.TransactionAsync(async tx =>
            {
                Account payer = (await tx.ReadAsync<Account>(receipt.From, LockMode.Write))!;
                Account payee = (await tx.ReadAsync<Account>(receipt.To, LockMode.Write))!;
                await tx.WriteAsync(payer with { Balance = payer.Balance - receipt.Amount });
                await tx.WriteAsync(payee with { Balance = payee.Balance + receipt.Amount });
                await tx.WriteAsync(receipt);
            });
            _acknowledged.Enqueue(receipt.Id);
        }
        catch (MementoException)
        {
            // A silo died in the middle. Nobody was told that the transfer was made, so it may be
            // on disk or not; its receipt says so.
            Interlocked.Increment(ref _unsure);
        }
    }

    /// <summary>Leaves the signals of the terminal to the program.</summary>
    private sealed class OwnLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
