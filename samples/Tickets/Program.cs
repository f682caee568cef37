using Memento;
using Microsoft.Extensions.DependencyInjection;
using Tickets;

string database = args.Length > 0 ? args[0] : "tickets.db";
await using MementoHost host = await MementoHost.StartAsync(memento => memento
    .UseSqlite($"Data Source={database}")
    .AddTables(typeof(Show).Assembly));
IGrainFactory grains = host.Services.GetRequiredService<IGrainFactory>();

const string show = "Hamlet";
IBoxOffice office = grains.GetGrain<IBoxOffice>(show);
await office.OpenAsync(seats: 10);
foreach (string name in (string[])["Ada", "Grace", "Barbara"])
{
    Sale sale = await new Customer(grains, name).BuyAsync(show, seats: 4);
    Console.WriteLine(sale.IsSold ? $"{name} has 4 seats." : $"{name} has none: {sale.Reason}.");
}

Console.WriteLine($"{await office.LookAsync()} seats are free.");
