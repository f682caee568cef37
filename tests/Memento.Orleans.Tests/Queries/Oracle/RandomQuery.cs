using System.Linq.Expressions;
using Memento.Queries.Translation;

namespace Memento.Tests.Queries.Oracle;

/// <summary>A query, and the same query in C#.</summary>
internal sealed class RandomQuery
{
    private readonly List<Func<Sample, bool>> _conditions = [];

    private RandomQuery(Ask ask) => Ask = ask;

    public Ask Ask { get; }

    /// <summary>The conditions, all of which hold.</summary>
    public IReadOnlyList<Expression<Func<Sample, bool>>> Where { get; private set; } = [];

    /// <summary>Whether a condition is given as a guard.</summary>
    public bool UsesGuards { get; private init; }

    public IReadOnlyList<OrderTerm> Order { get; private init; } = [];

    /// <summary>Skips and takes, one after the other; a skip is negative.</summary>
    public IReadOnlyList<int> Windows { get; private init; } = [];

    /// <summary>The size of pages, or how many results of a stream are read.</summary>
    public int Size { get; private init; }

    /// <summary>The property whose least or greatest value is asked for.</summary>
    public SamplePath Extreme { get; private init; } = SamplePath.All[0];

    /// <param name="random">The source of all choices.</param>
    /// <param name="focus">The properties that most conditions and orders are about.</param>
    public static RandomQuery Next(Random random, IReadOnlyList<SamplePath> focus)
    {
        Ask ask = Pick(random, Enum.GetValues<Ask>());
        bool isPaged = ask is Ask.Pages or Ask.PagesByKey;
        bool isPlain = isPaged || ask is Ask.Selection or Ask.Keys;
        var query = new RandomQuery(ask)
        {
            UsesGuards = random.Next(3) == 0,
            Order = ask is Ask.PagesByKey or Ask.Selection or Ask.Keys
                ? []
                : SomeOrder(random, focus),
            Windows = isPlain || random.Next(2) == 0 ? [] : SomeWindows(random),
            Size = 1 + random.Next(isPaged ? 9 : 4),
            Extreme = Pick(random, random.Next(2) == 0 ? focus : SamplePath.All),
        };
        var where = new List<Expression<Func<Sample, bool>>>();
        int most = ask is Ask.PagesByKey or Ask.Selection ? 1 : random.Next(3);
        for (int count = 0; count < most; count++)
        {
            var (asked, oracle) = Condition(random, focus);
            where.Add(asked);
            query._conditions.Add(oracle.Compile(preferInterpretation: false));
        }

        query.Where = where;
        return query;
    }

    /// <summary>Whether all tables of a type give the same results in the same order.</summary>
    public bool IsDetermined(bool isOrderedSet)
        => Order.Count > 0 || isOrderedSet || Ask is Ask.Pages or Ask.PagesByKey or Ask.Keys;

    /// <summary>The rows that satisfy it, in order, before any skip or take.</summary>
    public List<ModelRow> FindAll(OracleModel model)
    {
        List<ModelRow> found =
            [.. model.Rows.Where(row => _conditions.TrueForAll(holds => holds(row.Values)))];
        found.Sort((one, other) => Compare(model, one, other));
        return found;
    }

    public List<ModelRow> Cut(List<ModelRow> found)
    {
        IEnumerable<ModelRow> cut = found;
        foreach (int window in Windows)
            cut = window < 0 ? cut.Skip(-window) : cut.Take(window);
        return [.. cut];
    }

    public override string ToString()
    {
        string where = string.Join(" && ", Where.Select(GuardTranslator.Translate));
        string order = string.Join(", ", Order);
        string windows = string.Join(
            ' ', Windows.Select(each => each < 0 ? $"skip {-each}" : $"take {each}"));
        return $"{Ask} of {Size}, {Extreme.Name}; where {where}{(UsesGuards ? " (guards)" : "")}; "
            + $"order by {order}; {windows}";
    }

    private int Compare(OracleModel model, ModelRow one, ModelRow other)
    {
        foreach (OrderTerm term in Order)
        {
            int order = term.Path.Compare(one.Values, other.Values);
            if (order != 0) return term.IsDescending ? -order : order;
        }

        int keys = model.CompareKeys(one, other);
        return Order is [.., { IsDescending: true }] ? -keys : keys;
    }

    private static (Expression<Func<Sample, bool>> Asked, Expression<Func<Sample, bool>> Oracle)
        Condition(Random random, IReadOnlyList<SamplePath> focus)
    {
        var predicate = new RandomPredicate(random);
        return random.Next(5) switch
        {
            0 => predicate.Next(),
            1 => OfKeys(random),
            _ => predicate.NextOf([.. focus.Where(path => path.IsOwn).Select(path => path.Name)]),
        };
    }

    private static (Expression<Func<Sample, bool>> Asked, Expression<Func<Sample, bool>> Oracle)
        OfKeys(Random random)
    {
        long id = random.Next(OracleRun.Ids);
        long[] ids = [id, id + 3, id - 1];
        Expression<Func<Sample, bool>> where = random.Next(3) switch
        {
            0 => m => m.Id == id,
            1 => m => ids.Contains(m.Id),
            _ => m => m.Id > id && m.Id <= id + 4,
        };
        return (where, where);
    }

    private static List<OrderTerm> SomeOrder(Random random, IReadOnlyList<SamplePath> focus)
    {
        bool isDescending = random.Next(2) == 0;
        if (random.Next(5) == 0) return [new OrderTerm(SamplePath.All[0], isDescending)];

        return
        [
            .. Enumerable.Range(0, random.Next(4))
                .Select(_ => new OrderTerm(
                    Pick(random, random.Next(4) == 0 ? SamplePath.All : focus),
                    random.Next(5) == 0 ? !isDescending : isDescending))
                .DistinctBy(term => term.Path),
        ];
    }

    private static List<int> SomeWindows(Random random)
        => [.. Enumerable.Range(0, 1 + random.Next(3))
            .Select(_ => random.Next(2) == 0 ? -1 - random.Next(8) : random.Next(12))];

    private static T Pick<T>(Random random, IReadOnlyList<T> values)
        => values[random.Next(values.Count)];
}
