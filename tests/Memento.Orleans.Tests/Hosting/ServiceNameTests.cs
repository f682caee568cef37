using Memento.Tests.Samples;
using Microsoft.Extensions.DependencyInjection;
using Movies.Tables;
using Orleans.Configuration;

namespace Memento.Tests.Hosting;

public sealed class ServiceNameTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_number_is_not_given_again_by_a_service_of_another_name()
    {
        long first = await InsertAndDeleteAsync("one");
        long second = await InsertAndDeleteAsync("another");

        Assert.True(second > first, $"{first} was given, and then {second}.");
    }

    private async Task<long> InsertAndDeleteAsync(string serviceId)
    {
        await using MementoHost host = await MementoHost.StartAsync(
            memento => memento
                .UseSqlite($"Data Source={_folder.File("movies.db")}").AddTable<Movie>(),
            builder => builder.Services.PostConfigure<ClusterOptions>(
                options => options.ServiceId = serviceId));
        return await host.Memento.TransactionAsync(async tx =>
        {
            Movie movie = await tx.WriteAsync(new Movie { Title = "Rush" });
            await tx.DeleteAsync<Movie>(movie.Id);
            return movie.Id;
        });
    }
}
