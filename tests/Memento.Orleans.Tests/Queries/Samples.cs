using System.Linq.Expressions;
using Memento.Queries.Evaluation;
using Memento.Queries.Translation;
using Memento.Tables;

namespace Memento.Tests.Queries;

/// <summary>Helpers of the query tests for predicates.</summary>
internal static class Samples
{
    /// <summary>The properties with an index: of every type that can have one.</summary>
    public static IReadOnlyList<string> Indexed { get; } =
    [
        nameof(Sample.Text), nameof(Sample.Flag), nameof(Sample.MaybeFlag), nameof(Sample.SByte),
        nameof(Sample.Byte), nameof(Sample.Short), nameof(Sample.UShort), nameof(Sample.Int),
        nameof(Sample.MaybeInt), nameof(Sample.UInt), nameof(Sample.Long),
        nameof(Sample.MaybeLong), nameof(Sample.ULong), nameof(Sample.Char), nameof(Sample.Float),
        nameof(Sample.Double), nameof(Sample.MaybeDouble), nameof(Sample.Decimal),
        nameof(Sample.Guid), nameof(Sample.Time), nameof(Sample.MaybeTime),
        nameof(Sample.Instant), nameof(Sample.Day), nameof(Sample.Clock), nameof(Sample.Length),
        nameof(Sample.Genre), nameof(Sample.MaybeGenre), nameof(Sample.Rating),
        nameof(Sample.Rights),
    ];

    public static TableDefinition Table { get; } =
        TableDefinitionReader.Read(typeof(Sample), Options());

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

    private static TableOptions Options()
    {
        var options = new TableOptions();
        foreach (string property in Indexed)
            options.AddIndex(property);
        return options;
    }
}
