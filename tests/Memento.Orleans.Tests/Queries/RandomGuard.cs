namespace Memento.Tests.Queries;

/// <summary>Makes guards about films, most of them about properties that are indexed.</summary>
internal sealed class RandomGuard(Random random)
{
    private static readonly string[] Properties =
    [
        "Shelf", "Room", "Director", "Year", "Score", "Grade", "Genre", "Title", "Director", "Year",
    ];

    private static readonly Func<string, object?, Guard>[] Comparisons =
    [
        Guard.Equal, Guard.Equal, Guard.Equal, Guard.Equal, Guard.NotEqual, Guard.LessThan,
        Guard.LessThanOrEqual, Guard.GreaterThan, Guard.GreaterThanOrEqual,
    ];

    /// <summary>
    /// Mostly conditions that all hold, as in most queries; now and then only a range, which is
    /// else rarely without a better way beside it.
    /// </summary>
    public Guard Next()
        => random.Next(8) == 0
            ? Range(Properties[random.Next(Properties.Length)])
            : Guard.And([.. Enumerable.Range(0, random.Next(4)).Select(_ => Next(depth: 2))]);

    private Guard Next(int depth) => random.Next(depth > 0 ? 8 : 5) switch
    {
        5 => Guard.Or(Next(depth - 1), Next(depth - 1)),
        6 => Guard.And(Next(depth - 1), Next(depth - 1)),
        7 => Guard.Not(Next(depth - 1)),
        _ => Condition(Properties[random.Next(Properties.Length)]),
    };

    private Guard Condition(string property)
    {
        bool isText = property is "Room" or "Director" or "Title";
        int kind = random.Next(9);
        if (kind == 0 && isText) return Guard.StartsWith(property, (string?)Value(property) ?? "");

        if (kind == 2)
            return Guard.And(
                Guard.GreaterThan(property, Value(property)),
                Guard.LessThanOrEqual(property, Value(property)));

        return kind == 1
            ? Guard.In(property, Enumerable.Range(0, random.Next(4)).Select(_ => Value(property)))
            : Comparisons[random.Next(Comparisons.Length)](property, Value(property));
    }

    private Guard Range(string property)
        => Guard.Between(property, Value(property), Value(property));

    private object? Value(string property) => Films.ValueAt(random, property);
}
