using System.Diagnostics;
using Memento;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orders;

const string selling = "--sell";
const string product = "tea";
const long deposit = 1_000;
const int stock = 10_000;
string[] customers = ["Ada", "Grace", "Barbara"];

if (args is [selling, var shop])
{
    await SellAsync(shop);
    return;
}

// A folder of its own, unless one is named.
DirectoryInfo folder = args.Length > 0
    ? Directory.CreateDirectory(args[0])
    : Directory.CreateTempSubdirectory("orders-");
try
{
    await using (MementoHost opened = await OpenAsync(folder.FullName))
    {
        Shop shopping = ShopOf(opened);
        await shopping.StockAsync(product, stock, price: 1);
        foreach (string each in customers)
            await opened.Services.GetRequiredService<IGrainFactory>()
                .GetGrain<IAccount>(each).DepositAsync(deposit);
    }

    for (int crash = 1; crash <= 3; crash++)
    {
        using Process seller = Start(folder.FullName);
        await seller.StandardOutput.ReadLineAsync();
        await Task.Delay(TimeSpan.FromSeconds(1));
        seller.Kill();
        await seller.WaitForExitAsync();

        await using MementoHost opened = await OpenAsync(folder.FullName);
        Books books = await ShopOf(opened).CountAsync(customers, product);
        Console.WriteLine(
            $"Crash {crash}: {books.Sold} sold and {books.Left} left, {books.Paid} paid and "
            + $"{books.Money} in the accounts.");
        if (books.Sold + books.Left != stock || books.Paid + books.Money != deposit * 3)
            throw new InvalidOperationException("Money or tea was lost.");
    }

    Console.WriteLine("Nothing was lost, and nothing was done by half.");
}
finally
{
    if (args.Length == 0) folder.Delete(recursive: true);
}

static Task<MementoHost> OpenAsync(string folder)
    => MementoHost.StartAsync(
        memento => memento
            .UseSqlite($"Data Source={Path.Combine(folder, "orders.db")}")
            .AddOrders(),
        host => host.UseOrleans(silo => silo.AddAccounts(folder)));

static Shop ShopOf(MementoHost host)
    => new(host.Memento, host.Services.GetRequiredService<IGrainFactory>());

// This program once more, as the one that is killed.
static Process Start(string folder)
    => Process.Start(new ProcessStartInfo(
        Path.Combine(
            AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Orders.exe" : "Orders"),
        [selling, folder])
    {
        RedirectStandardOutput = true,
    })!;

// Customers buy until the process is killed.
async Task SellAsync(string folder)
{
    await using MementoHost opened = await OpenAsync(folder);
    Shop shopping = ShopOf(opened);
    await Task.WhenAll(customers.Select(async customer =>
    {
        for (int i = 0; ; i++)
        {
            string? reason = await shopping.BuyAsync(Guid.NewGuid(), customer, product, 1);
            if (reason is not null) await Task.Delay(Timeout.Infinite);
            if (i == 0) Console.WriteLine("sold");
        }
    }));
}
