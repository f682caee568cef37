using System.Linq.Expressions;
using System.Text.Json;
using Memento.Queries.Translation;
using Memento.Tables.Documents;

namespace Memento.Tests.Queries.Oracle;

/// <summary>A table of a type.</summary>
internal sealed class OracleTable<T>(
    string name, OracleModel model, TableType type, Action<TableOptions> configure)
    : OracleTable(name, model, type)
    where T : SampleValues, IRow
{
    private static readonly Func<ModelRow, T> ToRow = CompileToRow();
    private static readonly Func<T, Sample> ToSample = CompileToSample();

    public override void AddTo(IMementoBuilder builder)
        => builder.AddTable<T>(options =>
        {
            options.Name = Name;
            options.Type = Type;
            configure(options);
        });

    public override async Task WriteAsync(ITransaction tx, ModelRow row)
        => await tx.WriteAsync(ToRow(row));

    public override async Task<bool> DeleteAsync(ITransaction tx, Sample ofKey)
        => await tx.DeleteAsync<T>(Model.KeyOf(ofKey));

    public override async Task<bool> DeleteRecordAsync(ITransaction tx, ModelRow row)
        => await tx.DeleteRecordAsync(ToRow(row));

    public override async Task<OracleModel> ReadModelAsync(IRecordReader reader)
        => Model.Of((await reader.AllAsync<T>()).OrderBy(static row => row.Serial).Select(FromRow));

    public override async Task CheckAsync(
        IRecordReader reader, OracleModel model, RandomQuery query, string context)
    {
        if (query.Ask == Ask.Keys)
        {
            await CheckKeysAsync(reader, model, query, context);
            return;
        }

        List<ModelRow> matching = query.FindAll(model);
        List<ModelRow> expected = query.Cut(matching);
        ITableQuery<T> asked = Build(reader, query);
        switch (query.Ask)
        {
            case Ask.Count:
                AssertSame(expected.Count, await asked.CountAsync(), context);
                break;
            case Ask.Any:
                AssertSame(expected.Count > 0, await asked.AnyAsync(), context);
                break;
            case Ask.Explanation:
                AssertSame(expected.Count, (await asked.ExplainAsync()).Found, context);
                break;
            case Ask.Least or Ask.Greatest or Ask.Sum:
                if (query.Windows.Count == 0 || query.IsDetermined(IsOrderedSet))
                    await CheckValueAsync(asked, query, expected, context);
                break;
            default:
                List<int> found = await FindAsync(reader, asked, query);
                AssertFound(query, matching, Wanted(query, expected), found, context);
                break;
        }
    }

    public override async Task CheckContentAsync(
        IRecordReader reader, OracleModel model, string context)
    {
        IReadOnlyList<T> all = await reader.AllAsync<T>();
        Assert.Equal(model.Rows.Count, await reader.CountAsync<T>());
        AssertSame(
            string.Join(
                '\n', model.Rows.OrderBy(row => row.Serial).Select(row => Text(ToRow(row)))),
            string.Join('\n', all.OrderBy(row => row.Serial).Select(Text)),
            context);
    }

    private static string Text(T row) => JsonSerializer.Serialize(row, DocumentFormat.Options);

    private static ITableQuery<T> Build(IRecordReader reader, RandomQuery query)
    {
        ITableQuery<T> asked = reader.Query<T>();
        foreach (Expression<Func<Sample, bool>> where in query.Where)
        {
            asked = query.UsesGuards
                ? asked.Where(GuardTranslator.Translate(where))
                : asked.Where(Over<T>.Of(where));
        }

        IOrderedTableQuery<T>? ordered = null;
        foreach (OrderTerm term in query.Order)
        {
            ordered = ordered is null
                ? term.Path.Order(asked, term.IsDescending)
                : term.Path.ThenOrder(ordered, term.IsDescending);
        }

        asked = ordered ?? asked;
        foreach (int window in query.Windows)
            asked = window < 0 ? asked.Skip(-window) : asked.Take(window);
        return asked;
    }

    /// <summary>The part of the results that a way of asking returns.</summary>
    private static List<ModelRow> Wanted(RandomQuery query, List<ModelRow> expected)
        => query.Ask switch
        {
            Ask.First => [.. expected.Take(1)],
            Ask.Single => expected.Count > 1 ? [] : expected,
            Ask.Stream or Ask.Selection => [.. expected.Take(query.Size)],
            _ => expected,
        };

    private static async Task<List<int>> FindAsync(
        IRecordReader reader, ITableQuery<T> asked, RandomQuery query)
    {
        switch (query.Ask)
        {
            case Ask.List:
                return Serials(await asked.ToListAsync());
            case Ask.Projection:
                return [.. await asked.Select(row => row.Serial).ToListAsync()];
            case Ask.Selection:
                Expression<Func<T, bool>> where = Over<T>.Of(query.Where[0]);
                return query.UsesGuards
                    ? [.. await reader.SelectAsync(where, row => row.Serial, query.Size)]
                    : Serials(await reader.SelectAsync(where, query.Size));
            case Ask.First:
                return Serials(await asked.FirstOrDefaultAsync() is { } first ? [first] : []);
            case Ask.Single:
                return await FindSingleAsync(asked);
            case Ask.Stream:
                return await StreamAsync(asked, query.Size);
            default:
                return await ReadPagesAsync(reader, asked, query);
        }
    }

    /// <summary>None too where there are several.</summary>
    private static async Task<List<int>> FindSingleAsync(ITableQuery<T> asked)
    {
        try
        {
            return Serials(await asked.SingleOrDefaultAsync() is { } only ? [only] : []);
        }
        catch (InvalidOperationException)
        {
            Assert.Equal(2, (await asked.Take(2).ToListAsync()).Count);
            return [];
        }
    }

    private static async Task<List<int>> StreamAsync(ITableQuery<T> asked, int count)
    {
        List<int> found = [];
        await foreach (T row in asked.AsAsyncEnumerable())
        {
            found.Add(row.Serial);
            if (found.Count == count) break;
        }

        return found;
    }

    private static async Task<List<int>> ReadPagesAsync(
        IRecordReader reader, ITableQuery<T> asked, RandomQuery query)
    {
        List<int> found = [];
        string? next = null;
        do
        {
            Page<T> page = query.Ask == Ask.PagesByKey
                ? await reader.PageAsync(Over<T>.Of(query.Where[0]), query.Size, next)
                : await asked.ToPageAsync(query.Size, next);
            Assert.True(page.Next is null ? page.Items.Count <= query.Size
                : page.Items.Count == query.Size);
            found.AddRange(Serials(page.Items));
            next = page.Next;
        }
        while (next is not null);
        return found;
    }

    private async Task CheckValueAsync(
        ITableQuery<T> asked, RandomQuery query, List<ModelRow> expected, string context)
    {
        if (query.Ask == Ask.Sum)
        {
            AssertSame(
                expected.Sum(row => (long)row.Values.Int),
                await asked.SumAsync(row => (long)row.Int),
                context);
            AssertSame(
                expected.Sum(row => (long?)row.Values.MaybeInt),
                await asked.SumAsync(row => (long?)row.MaybeInt),
                context);
            return;
        }

        bool isGreatest = query.Ask == Ask.Greatest;
        List<ModelRow> sorted =
            [.. expected.Where(row => query.Extreme.Read(row.Values) is not null)];
        sorted.Sort((one, other) => query.Extreme.Compare(one.Values, other.Values));
        ModelRow? extreme = isGreatest ? sorted.LastOrDefault() : sorted.FirstOrDefault();
        AssertSame(
            extreme is null ? null : query.Extreme.Read(extreme.Values),
            await query.Extreme.FindExtremeAsync(asked, isGreatest),
            context);
    }

    private async Task CheckKeysAsync(
        IRecordReader reader, OracleModel model, RandomQuery query, string context)
    {
        List<ModelRow> rows = [.. model.Rows];
        rows.Sort(model.CompareKeys);
        List<object> keys = [.. rows.Select(row => model.KeyOf(row.Values)).Distinct()];
        AssertSame(keys.FirstOrDefault(), await reader.FirstKeyAsync<T>(), context);
        AssertSame(keys.LastOrDefault(), await reader.LastKeyAsync<T>(), context);
        AssertSame(
            string.Join(' ', keys), string.Join(' ', await reader.AllKeysAsync<T>()), context);
        if (rows.Count == 0) return;

        Sample from = rows[query.Size % rows.Count].Values with { Id = query.Size };
        AssertSame(
            rows.Find(row => model.CompareKeys(row.Values, from) > 0) is { } next
                ? model.KeyOf(next.Values)
                : null,
            await reader.NextKeyAsync<T>(model.KeyOf(from)),
            context);
        AssertSame(
            rows.FindLast(row => model.CompareKeys(row.Values, from) < 0) is { } previous
                ? model.KeyOf(previous.Values)
                : null,
            await reader.PreviousKeyAsync<T>(model.KeyOf(from)),
            context);
    }

    private void AssertFound(
        RandomQuery query,
        List<ModelRow> matching,
        List<ModelRow> wanted,
        List<int> found,
        string context)
    {
        List<int> serials = [.. wanted.Select(row => row.Serial)];
        bool isRight = query.IsDetermined(IsOrderedSet)
            ? serials.SequenceEqual(found)
            : serials.Count == found.Count
                && found.Distinct().Count() == found.Count
                && found.TrueForAll(serial => matching.Exists(row => row.Serial == serial));
        Assert.True(
            isRight,
            $"{context}\nexpected {string.Join(' ', serials)}\nfound {string.Join(' ', found)}");
    }

    private static void AssertSame<TValue>(TValue expected, TValue found, string context)
        => Assert.True(
            EqualityComparer<TValue>.Default.Equals(expected, found),
            $"{context}\nexpected {expected}\nfound {found}");

    private static List<int> Serials(IEnumerable<T> rows) => [.. rows.Select(row => row.Serial)];

    private static ModelRow FromRow(T row) => new(ToSample(row), row.Serial);

    private static Func<T, Sample> CompileToSample()
    {
        ParameterExpression row = Expression.Parameter(typeof(T), "row");
        IEnumerable<MemberBinding> bindings = typeof(Sample)
            .GetProperties()
            .Where(static property => property.CanWrite)
            .Select(property => Expression.Bind(
                property, Expression.Property(row, typeof(T).GetProperty(property.Name)!)));
        return Expression.Lambda<Func<T, Sample>>(
            Expression.MemberInit(Expression.New(typeof(Sample)), bindings), row).Compile();
    }

    private static Func<ModelRow, T> CompileToRow()
    {
        ParameterExpression row = Expression.Parameter(typeof(ModelRow), "row");
        Expression values = Expression.Property(row, nameof(ModelRow.Values));
        IEnumerable<MemberBinding> bindings = typeof(Sample)
            .GetProperties()
            .Where(static property => property.CanWrite)
            .Select(property => Expression.Bind(
                typeof(T).GetProperty(property.Name)!, Expression.Property(values, property)))
            .Append(Expression.Bind(
                typeof(T).GetProperty(nameof(IRow.Serial))!,
                Expression.Property(row, nameof(ModelRow.Serial))));
        return Expression.Lambda<Func<ModelRow, T>>(
            Expression.MemberInit(Expression.New(typeof(T)), bindings), row).Compile();
    }
}
