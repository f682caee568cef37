using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Memento.Tests.Queries;

public sealed class QueryErrorTests
{
    private static readonly Serializer Serializer = new ServiceCollection()
        .AddSerializer()
        .BuildServiceProvider()
        .GetRequiredService<Serializer>();

    [Fact]
    public void A_refused_continuation_survives_the_way_from_an_applications_grain_to_its_client()
    {
        var sent = new InvalidContinuationException("Movie", "Start from the first page.");

        var received = Assert.IsType<InvalidContinuationException>(
            Serializer.Deserialize<Exception>(Serializer.SerializeToArray<Exception>(sent)));

        Assert.Equal(sent.Message, received.Message);
        Assert.Equal("Movie", received.Table);
    }

    [Fact]
    public void A_refused_predicate_survives_the_way_from_an_applications_grain_to_its_client()
    {
        QueryNotSupportedException sent = Samples.Refused(m => m.Int << 1 == 2);

        var received = Assert.IsType<QueryNotSupportedException>(
            Serializer.Deserialize<Exception>(Serializer.SerializeToArray<Exception>(sent)));

        Assert.Equal(
            (sent.Message, sent.Expression, sent.Instead),
            (received.Message, received.Expression, received.Instead));
    }
}
