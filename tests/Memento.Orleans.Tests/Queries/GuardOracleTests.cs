using CsCheck;
using Memento.Queries;
using Memento.Queries.Evaluation;
using Memento.Queries.Plans;

namespace Memento.Tests.Queries;

/// <summary>
/// Random predicates over random records, against the same predicate compiled by .NET. To run more:
/// <c>MEMENTO_GUARD_CASES=100000</c>.
/// </summary>
public sealed class GuardOracleTests
{
    private const int Cases = 6_000;
    private const int RecordsEach = 12;

    [Fact]
    public void A_guard_says_what_the_compiled_predicate_says()
        => Gen.Int.Sample(
            seed =>
            {
                var random = new Random(seed);
                var (query, oracle) = new RandomPredicate(random).Next();
                Guard guard = GuardReader.Read(GuardWriter.Write(Samples.Translate(query)));
                GuardValidator.Validate(Samples.Table, guard);
                Func<Sample, bool> actual = GuardCompiler.Compile<Sample>(Samples.Table, guard);
                Func<Sample, bool> expected = oracle.Compile(preferInterpretation: false);
                QueryPlan plan = QueryPlanner.Plan(
                    Samples.Table, guard, order: null, isLimited: random.Next(2) == 0);
                for (int count = 0; count < RecordsEach; count++)
                {
                    Sample sample = RandomSample.Next(random);
                    bool answer = expected(sample);
                    Assert.True(answer == actual(sample), $"{query} as {guard} of {sample}");
                    Assert.True(
                        !answer || Finds(plan, sample), $"{plan.DescribeWay()} of {sample}");
                }
            },
            iter: Settings.Number("MEMENTO_GUARD_CASES", Cases));

    /// <summary>Whether a plan leads to a record.</summary>
    private static bool Finds(QueryPlan plan, Sample sample)
    {
        byte[] key = Samples.Table.KeyOf(sample).Bytes;
        byte[] place = plan.Index?.EncodeEntry(sample, key) ?? key;
        return plan.Ranges.Any(range => range.Contains(place))
            && (plan.Keys is not { } keys || keys.Contains(Samples.Table.KeyOf(sample)));
    }
}
