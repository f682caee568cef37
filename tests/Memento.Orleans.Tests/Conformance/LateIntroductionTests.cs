using Memento.Tests.Conformance.Tables;
using Memento.Transactions;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Transactions;

namespace Memento.Tests.Conformance;

/// <summary>An Orleans as it is: it comes to know of a transaction when a call needs it.</summary>
public sealed class LateIntroductionTests(ApplicationGrainFixture fixture)
    : IntroductionSuite(fixture), IClassFixture<ApplicationGrainFixture>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Orleans_knows_nothing_of_a_transaction_that_calls_no_transactional_grain(
        bool isClient)
    {
        Assert.True(Of(isClient).GetRequiredService<AmbientTransaction>().IsPossible);
        await Memento(isClient).TransactionAsync(async tx =>
        {
            await tx.WriteAsync(new Entry { Name = "a", Value = 1 });
            Assert.Null(TransactionContext.GetTransactionInfo());
            Assert.Same(tx, Memento(isClient).Current);
        }).Within();
        Assert.Null(Memento(isClient).Current);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_grain_call_of_a_body_that_was_given_up_is_refused(bool isClient)
    {
        var isGivenUp = new Signal();
        Task body = null!;
        await Assert.ThrowsAsync<TransactionTimeoutException>(
            () => Memento(isClient).TransactionAsync(
                _ => body = CallLateAsync(),
                new TransactionOptions { Timeout = TimeSpan.FromMilliseconds(100) }).Within());
        isGivenUp.Set();
        await Assert.ThrowsAsync<TransactionTimeoutException>(() => body.Within());

        async Task CallLateAsync()
        {
            await isGivenUp.WaitAsync();
            await Shop(isClient, "shop").CountAsync();
        }

        Assert.Equal(
            nameof(TransactionTimeoutException),
            await Shop(isClient, "shop").CallAloneAsync("other").Within());
        Assert.Equal(0, await Shop(isClient, "shop").ReadCountAsync().Within());
        Assert.Equal(0, await Shop(isClient, "other").ReadCountAsync().Within());
    }
}
