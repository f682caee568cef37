using System.Net;
using System.Net.Sockets;
using Memento.Tests.Conformance;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Transactions;

namespace Memento.Tests.TwoPhase;

/// <summary>
/// Silos without transactions: Orleans refuses them there. A silo with Memento has them, although
/// nobody has asked for them by name.
/// </summary>
public sealed class DisabledTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Transactions_are_refused_where_there_are_none(bool hasMemento)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort(), gatewayPort: 0);
            if (hasMemento) silo.AddMemento(static memento => memento.AddTable<Coin>());
        });
        using IHost host = builder.Build();
        await host.StartAsync().Within("a silo starts");
        IPlainGrain grain = host.Services.GetRequiredService<IGrainFactory>()
            .GetGrain<IPlainGrain>(0);
        if (hasMemento)
        {
            Assert.True(await grain.RunAsync().Within());
        }
        else
        {
            await Assert.ThrowsAsync<OrleansTransactionsDisabledException>(
                () => grain.RunAsync().Within());
        }

        await host.StopAsync().Within("a silo stops");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>A grain with a transactional method, and no state.</summary>
public interface IPlainGrain : IGrainWithIntegerKey
{
    /// <summary>Whether it runs in a transaction.</summary>
    [Transaction(TransactionOption.Create)]
    Task<bool> RunAsync();
}

public sealed class PlainGrain : Grain, IPlainGrain
{
    public Task<bool> RunAsync()
        => Task.FromResult(TransactionContext.GetTransactionInfo() is not null);
}
