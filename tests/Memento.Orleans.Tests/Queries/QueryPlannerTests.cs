using System.Linq.Expressions;
using Memento.Queries;
using Memento.Tables;

namespace Memento.Tests.Queries;

public sealed class QueryPlannerTests
{
    private static readonly TableDefinition Pairs = TableDefinitionReader.Read(typeof(Pair));

    [Fact]
    public void A_key_that_is_given_whole_is_looked_up()
    {
        QueryPlan plan = Plan(m => m.Plain > 1 && m.Second == "b" && m.First == 7);

        var lookup = Assert.IsType<KeyLookupPlan>(plan);
        Assert.Equal(Pairs.KeyOf(new Pair { First = 7, Second = "b" }), lookup.Key);
        Assert.Equal("Plain > 1 && Second == \"b\" && First == 7", plan.Guard.ToString());
    }

    [Fact]
    public void A_part_of_a_key_is_not_looked_up()
        => Assert.IsType<ScanPlan>(Plan(m => m.First == 7));

    [Fact]
    public void A_unique_index_is_preferred()
    {
        var plan = Assert.IsType<IndexLookupPlan>(Plan(m => m.Plain == 1 && m.Code == "x"));

        Assert.Equal("Code", plan.Index.Name);
        Assert.True(plan.Index.TryEncode(new Pair { Code = "x" }, out byte[] value));
        Assert.Equal(value, plan.Value);
        Assert.Equal("Plain", Assert.IsType<IndexLookupPlan>(Plan(m => m.Plain == 1)).Index.Name);
    }

    [Fact]
    public void Null_is_not_in_an_index()
        => Assert.IsType<ScanPlan>(Plan(m => m.Code == null));

    [Fact]
    public void An_alternative_is_not_looked_up()
    {
        Assert.IsType<ScanPlan>(Plan(m => m.Plain == 1 || m.Code == "x"));
        Assert.IsType<ScanPlan>(Plan(m => !(m.Plain == 1)));
        Assert.IsType<ScanPlan>(Plan(m => true));
    }

    [Fact]
    public void What_no_record_can_satisfy_reads_nothing()
    {
        Assert.IsType<NothingPlan>(Plan(m => false));
        Assert.IsType<NothingPlan>(Plan(Pairs, Guard.Equal("Plain", long.MaxValue)));
        Assert.IsType<NothingPlan>(Plan(Samples.Table, Guard.Equal("Double", double.NaN)));
        Assert.IsType<NothingPlan>(Plan(Samples.Table, Guard.LessThan("MaybeInt", null)));
        Assert.IsType<NothingPlan>(Plan(Samples.Table, Guard.Equal("Byte", -1)));
    }

    [Fact]
    public void A_constant_that_several_values_may_equal_is_not_looked_up()
        => Assert.IsType<ScanPlan>(Plan(Samples.Table, Guard.Equal("Long", 9007199254740993.0)));

    [Fact]
    public void Constants_are_encoded_as_the_propertys_type()
    {
        IndexDefinition rating = Samples.Table.Indexes.Single(index => index.Name == "Rating");
        var plan = Assert.IsType<IndexLookupPlan>(
            Plan(Samples.Table, Guard.Equal("Rating", 255L)));

        Assert.Same(rating, plan.Index);
        Assert.Equal(rating.EncodeValue(Rating.Best), plan.Value);
    }

    [Fact]
    public void A_guard_that_does_not_fit_the_table_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Plan(Pairs, Guard.Equal("Colour", 1)));
        Assert.Throws<ArgumentException>(() => Plan(Pairs, Guard.Equal("Code", 1)));
    }

    private static QueryPlan Plan(Expression<Func<Pair, bool>> predicate)
        => Plan(Pairs, GuardTranslator.Translate(predicate));

    private static QueryPlan Plan(TableDefinition table, Guard guard)
        => QueryPlanner.Plan(table, guard);
}
