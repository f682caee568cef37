using System.Linq.Expressions;

namespace Memento.Tests.Queries.Oracle;

/// <summary>A property that queries order by, and ask the least and the greatest of.</summary>
internal abstract class SamplePath(string name)
{
    /// <summary>Compares as C# does, null first, but texts by ordinal.</summary>
    private static readonly Comparer<object?> Values = Comparer<object?>.Create(
        static (left, right) => (left, right) switch
        {
            (string one, string other) => string.CompareOrdinal(one, other),
            _ => Comparer<object?>.Default.Compare(left, right),
        });

    /// <summary>Each kind of value: where null can be, where NaN can, and in an object.</summary>
    public static IReadOnlyList<SamplePath> All { get; } =
    [
        Of("Id", static m => m.Id), Of("Title", static m => m.Title),
        Of("Text", static m => m.Text), Of("MaybeInt", static m => m.MaybeInt),
        Of("Int", static m => m.Int), Of("Genre", static m => m.Genre),
        Of("MaybeGenre", static m => m.MaybeGenre), Of("Decimal", static m => m.Decimal),
        Of("MaybeDecimal", static m => m.MaybeDecimal), Of("Time", static m => m.Time),
        Of("MaybeTime", static m => m.MaybeTime), Of("Double", static m => m.Double),
        Of("MaybeDouble", static m => m.MaybeDouble), Of("Float", static m => m.Float),
        Of("Flag", static m => m.Flag), Of("MaybeFlag", static m => m.MaybeFlag),
        Of("Byte", static m => m.Byte), Of("ULong", static m => m.ULong),
        Of("Char", static m => m.Char), Of("Guid", static m => m.Guid),
        Of("Instant", static m => m.Instant), Of("Day", static m => m.Day),
        Of("Length", static m => m.Length), Of("Rating", static m => m.Rating),
        Of("Home.City", static m => m.Home!.City), Of("Home.Number", static m => m.Home!.Number),
        Of("Home.MaybeNumber", static m => m.Home!.MaybeNumber),
        Of("Meta[\"a\"]", static m => m.Meta!["a"]), Of("Stock[\"5\"]", static m => m.Stock![5]),
    ];

    public string Name { get; } = name;

    /// <summary>Whether it is a property of the record itself, which an index can have.</summary>
    public bool IsOwn => Name.AsSpan().IndexOfAny('.', '[') < 0;

    public int Compare(Sample one, Sample other) => Values.Compare(Read(one), Read(other));

    /// <summary>The value; null also where the object is null that it would be in.</summary>
    public abstract object? Read(Sample sample);

    public abstract IOrderedTableQuery<T> Order<T>(ITableQuery<T> query, bool isDescending)
        where T : SampleValues;

    public abstract IOrderedTableQuery<T> ThenOrder<T>(
        IOrderedTableQuery<T> query, bool isDescending)
        where T : SampleValues;

    /// <summary>The least or greatest; null where there is none.</summary>
    public abstract ValueTask<object?> FindExtremeAsync<T>(ITableQuery<T> query, bool isGreatest)
        where T : SampleValues;

    private static SamplePath<TValue> Of<TValue>(
        string name, Expression<Func<Sample, TValue>> value)
        => new(name, value);
}
