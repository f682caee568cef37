using Memento.Queries.Orders;
using Memento.Tables;

namespace Memento.Tests.Queries;

/// <summary>Films, and the orders of C# that their orders are compared with.</summary>
internal static class Films
{
    private static readonly string?[] Texts = [null, "", "a", "ab", "b", "\u00e9", "\uffff"];
    private static readonly string[] Rooms = ["", "a", "ab", "b"];
    private static readonly int?[] Years = [null, int.MinValue, -1, 1990, 1991, int.MaxValue];
    private static readonly double[] Scores =
        [double.NaN, double.NegativeInfinity, -1, 0, 5, double.PositiveInfinity];

    private static readonly float?[] Grades = [null, float.NaN, -1, 0, 5];

    public static TableDefinition Table { get; } = TableDefinitionReader.Read(typeof(Film));

    /// <summary>Paths that have an order, each with the value that C# finds there.</summary>
    public static IReadOnlyDictionary<string, Func<Film, object?>> Paths { get; } =
        new Dictionary<string, Func<Film, object?>>
        {
            ["Shelf"] = static film => film.Shelf,
            ["Room"] = static film => film.Room,
            ["Director"] = static film => film.Director,
            ["Year"] = static film => film.Year,
            ["Score"] = static film => film.Score,
            ["Grade"] = static film => film.Grade,
            ["Genre"] = static film => film.Genre,
            ["Title"] = static film => film.Title,
            ["IsLent"] = static film => film.IsLent,
            ["Home.City"] = static film => film.Home?.City,
            ["Home.MaybeNumber"] = static film => film.Home?.MaybeNumber,
        };

    /// <summary>An order of films from texts like <c>Year descending</c>.</summary>
    public static RecordOrder Order(params string[] parts)
        => RecordOrder.Compile(Table, Parts(parts));

    public static OrderPart[] Parts(params string[] parts)
        => [.. parts.Select(part => new OrderPart(
            part.Split(' ')[0], part.EndsWith(" descending", StringComparison.Ordinal)))];

    /// <summary>Up to so many films, each with a key of its own.</summary>
    public static List<Film> Some(Random random, int most)
    {
        var films = new Dictionary<(int, string), Film>();
        for (int count = 0; count < most; count++)
        {
            Film film = Next(random);
            films[(film.Shelf, film.Room)] = film;
        }

        return [.. films.Values];
    }

    /// <summary>A value that films have at a path of the record itself.</summary>
    public static object? ValueAt(Random random, string path) => Paths[path](Next(random));

    /// <summary>
    /// Sorts as C# does: null first, NaN next, texts by ordinal, and at last by key.
    /// </summary>
    public static IReadOnlyList<Film> Sort(
        IEnumerable<Film> films, IReadOnlyList<OrderPart> parts, bool isDescending)
    {
        IOrderedEnumerable<Film> sorted = films.Order(Comparer<Film>.Create((_, _) => 0));
        foreach (OrderPart part in parts)
            sorted = Then(sorted, Paths[part.Property], part.IsDescending);

        sorted = Then(sorted, Paths["Shelf"], isDescending);
        return [.. Then(sorted, Paths["Room"], isDescending)];
    }

    private static IOrderedEnumerable<Film> Then(
        IOrderedEnumerable<Film> films, Func<Film, object?> value, bool isDescending)
    {
        var comparer = Comparer<object?>.Create(static (left, right) => (left, right) switch
        {
            (string one, string other) => string.CompareOrdinal(one, other),
            _ => Comparer<object?>.Default.Compare(left, right),
        });
        return isDescending
            ? films.ThenByDescending(value, comparer)
            : films.ThenBy(value, comparer);
    }

    private static Film Next(Random random) => new()
    {
        Shelf = random.Next(-2, 3),
        Room = Pick(random, Rooms),
        Director = Pick(random, Texts),
        Year = Pick(random, Years),
        Score = Pick(random, Scores),
        Grade = Pick(random, Grades),
        Genre = (Genre)random.Next(-1, 3),
        Title = Pick(random, Texts),
        IsLent = random.Next(2) == 0,
        Home = random.Next(3) == 0
            ? null
            : new Address { City = Pick(random, Texts), MaybeNumber = Pick(random, Years) },
    };

    private static T Pick<T>(Random random, T[] values) => values[random.Next(values.Length)];
}
