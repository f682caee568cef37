using Memento.Tests.Conformance;
using Memento.Tests.Conformance.Tables;

namespace Memento.Tests.Api;

/// <summary>
/// Auto-increment at the end of the numbers of a key, before and after a restart.
/// </summary>
public sealed class UsedUpNumberTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_last_numbers_are_given_and_then_an_error_names_the_key_that_used_them_up()
    {
        const long explicitKey = long.MaxValue - 2;
        await RunAsync(async memento =>
        {
            await memento.Table<Ticket>().PutAsync(new Ticket { Title = "first" });
            await memento.Table<Ticket>().PutAsync(new Ticket { Id = explicitKey, Title = "x" });
            Assert.Equal(explicitKey + 1, await AddAsync(memento));
            Assert.Equal(explicitKey + 2, await AddAsync(memento));
            await AssertUsedUpAsync(memento);
            await memento.Table<Ticket>().DeleteAsync(explicitKey);
            await memento.Table<Ticket>().DeleteAsync(explicitKey + 1);
            await memento.Table<Ticket>().DeleteAsync(explicitKey + 2);
            await AssertUsedUpAsync(memento);
        });
        await RunAsync(AssertUsedUpAsync);

        static async Task AssertUsedUpAsync(IMemento memento)
        {
            var error = await Assert.ThrowsAsync<MementoException>(() => AddAsync(memento));
            Assert.Contains("Table 'Ticket' has used up", error.Message, StringComparison.Ordinal);
            Assert.Contains("9223372036854775808", error.Message, StringComparison.Ordinal);
            Assert.Contains($"the key {explicitKey}", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_restart_does_not_use_up_a_narrow_key()
    {
        long before = 0;
        await RunAsync(async memento => before = await AddCouponAsync(memento));
        await RunAsync(async memento =>
            Assert.InRange(await AddCouponAsync(memento), before + 1, byte.MaxValue));

        static async Task<long> AddCouponAsync(IMemento memento)
            => (await memento.Table<Coupon>().PutAsync(new Coupon { Text = "c" })).Id;
    }

    private static async Task<long> AddAsync(IMemento memento)
        => (await memento.Table<Ticket>().PutAsync(new Ticket { Title = "t" })).Id;

    private async Task RunAsync(Func<IMemento, Task> use)
    {
        await using MementoHost host = await MementoHost.StartAsync(memento => memento
            .UseSqlite(_directory.ConnectionString)
            .AddTable<Ticket>(static table => table.Storage = TableStorage.Disk)
            .AddTable<Coupon>(static table => table.Storage = TableStorage.Disk));
        await use(host.Memento).Within();
    }
}
