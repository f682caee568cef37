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
}
