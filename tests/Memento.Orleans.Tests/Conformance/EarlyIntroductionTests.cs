using Memento.Tests.Conformance.Tables;
using Memento.Tests.Journals;
using Memento.Transactions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans.Transactions;

namespace Memento.Tests.Conformance;

/// <summary>
/// An Orleans that does not ask for its transaction agent when a transactional call is made: it has
/// to know of every transaction from the beginning.
/// </summary>
public sealed class EarlyIntroductionTests(EarlyIntroductionFixture fixture)
    : IntroductionSuite(fixture), IClassFixture<EarlyIntroductionFixture>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_knows_of_every_transaction_from_the_beginning_and_the_log_says_so(
        bool isClient)
    {
        Assert.False(Of(isClient).GetRequiredService<AmbientTransaction>().IsPossible);
        Assert.Equal(2, fixture.Log.Lines.Count);
        Assert.All(fixture.Log.Lines, static line => Assert.Equal(LogLevel.Warning, line.Level));

        await Memento(isClient).TransactionAsync(async tx =>
        {
            Assert.NotNull(TransactionContext.GetTransactionInfo());
            Assert.Same(tx, Memento(isClient).Current);
            await tx.WriteAsync(new Entry { Name = "a", Value = 1 });
        }).Within();

        Assert.Null(Memento(isClient).Current);
        Assert.Equal(1, await Memento(isClient).Table<Entry>().CountAsync().Within());
    }
}

/// <summary>A silo and a client that ask for the transaction agent once.</summary>
public sealed class EarlyIntroductionFixture : ApplicationGrainFixture
{
    internal ListLogger<LateIntroduction> Log { get; } = new();

    protected override void Configure(IServiceCollection services)
    {
        services.Replace(ServiceDescriptor.Singleton<ITransactionAgent>(
            static provider => provider.GetRequiredService<MementoTransactionAgent>()));
        services.AddSingleton<ILogger<LateIntroduction>>(Log);
    }
}
