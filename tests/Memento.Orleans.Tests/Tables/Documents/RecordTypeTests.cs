namespace Memento.Tests.Tables.Documents;

/// <summary>
/// A type is accepted at start-up only if every value of it comes back equal, in the silo and from
/// a document alike.
/// </summary>
public sealed class RecordTypeTests
{
    public static TheoryData<string> KeptTypes => Names(isKept: true);

    public static TheoryData<string> LostTypes => Names(isKept: false);

    [Theory]
    [MemberData(nameof(KeptTypes))]
    public void What_is_accepted_comes_back_equal(string type) => HeldTypes.All[type].Try();

    [Theory]
    [MemberData(nameof(LostTypes))]
    public void What_would_not_come_back_is_refused_at_start_up(string type)
    {
        var exception =
            Assert.Throws<InvalidTableException>(() => HeldTypes.All[type].Define());

        Assert.Equal("Value", exception.Property);
        Assert.NotEmpty(exception.Rule);
    }

    private static TheoryData<string> Names(bool isKept)
        => [.. HeldTypes.All.Values.Where(held => held.IsKept == isKept)
            .Select(static held => held.Name)];
}
