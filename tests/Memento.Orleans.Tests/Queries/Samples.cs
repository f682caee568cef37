using System.Linq.Expressions;
using Memento.Queries;
using Memento.Tables;

namespace Memento.Tests.Queries;

/// <summary>What the tests of queries ask of a predicate.</summary>
internal static class Samples
{
    public static TableDefinition Table { get; } = TableDefinitionReader.Read(typeof(Sample));

    public static Guard Translate(Expression<Func<Sample, bool>> predicate)
        => GuardTranslator.Translate(predicate);

    public static bool Holds(Expression<Func<Sample, bool>> predicate, Sample sample)
        => Holds(Translate(predicate), sample);

    public static bool Holds(Guard guard, Sample sample)
        => GuardCompiler.Compile<Sample>(Table, guard)(sample);

    /// <summary>
    /// The guard's text, and that the record satisfies it exactly where C# says so.
    /// </summary>
    public static string TextOfAgreeing(
        Expression<Func<Sample, bool>> predicate, params Sample[] samples)
    {
        Guard guard = Translate(predicate);
        Func<Sample, bool> expected = predicate.Compile();
        Func<Sample, bool> actual = GuardCompiler.Compile<Sample>(Table, guard);
        foreach (Sample sample in samples)
            Assert.Equal(expected(sample), actual(sample));

        return guard.ToString();
    }

    public static QueryNotSupportedException Refused(Expression<Func<Sample, bool>> predicate)
        => Assert.Throws<QueryNotSupportedException>(() => Translate(predicate));
}
