using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;

namespace Memento.Tests.Queries;

/// <summary>
/// Values and conditions as the C# compiler makes them, with values from the pool.
/// </summary>
[SuppressMessage("Performance", "CA1829", Justification = "Both ways of asking are tested.")]
[SuppressMessage("Performance", "CA1860", Justification = "Both ways of asking are tested.")]
[SuppressMessage("Usage", "CA2251", Justification = "Both ways of asking are tested.")]
internal static class RandomTemplate
{
    /// <summary>The first five are also for numbers that are no integers.</summary>
    public static readonly ExpressionType[] Operators =
    [
        ExpressionType.Add, ExpressionType.Subtract, ExpressionType.Multiply,
        ExpressionType.Divide, ExpressionType.Modulo, ExpressionType.AddChecked,
        ExpressionType.SubtractChecked, ExpressionType.MultiplyChecked, ExpressionType.And,
        ExpressionType.Or, ExpressionType.ExclusiveOr,
    ];

    public static Expression Value(Random random, ParameterExpression record)
    {
        int number = Pick<int>(random);
        LambdaExpression[] values =
        [
            Of(m => m.Text!.Length), Of(m => m.Title.ToUpperInvariant()),
            Of(m => m.Text!.ToLowerInvariant()), Of(m => m.Time.Year), Of(m => m.Day.Month),
            Of(m => m.MaybeTime!.Value.Day), Of(m => m.Instant.Hour), Of(m => m.Clock.Minute),
            Of(m => m.Time.Date), Of(m => m.MaybeInstant!.Value.Second),
            Of(m => m.Day.DayOfWeek), Of(m => m.Home!.City), Of(m => m.Home!.Number),
            Of(m => m.Home!.MaybeNumber), Of(m => m.Home!.Spot!.Value.Y), Of(m => m.Home!.IsHome),
            Of(m => m.Tags!.Count), Of(m => m.Numbers!.Length), Of(m => m.Numbers!.Count()),
            Of(m => m.Scores.Length), Of(m => m.Home!.City!.Length), Of(m => -m.Int),
            Of(m => checked(-m.Long)), Of(m => -m.Double), Of(m => -m.MaybeDecimal),
            Of(m => -m.Byte), Of(m => +m.Short), Of(m => m.Int + m.Short * number),
            Of(m => (m.MaybeInt - number) / m.Byte), Of(m => m.Text!.Length + m.Tags!.Count * 2),
            Of(m => checked(m.Int * m.Int)), Of(m => m.Long % number), Of(m => 7 - m.Byte),
        ];
        return random.Next(4) == 0
            ? ValueInCollection(random, record)
            : In(values[random.Next(values.Length)], record);
    }

    private static Expression ValueInCollection(Random random, ParameterExpression record)
    {
        int number = Pick<int>(random);
        string text = Pick<string>(random);
        string key = Key(random);
        Genre genre = Pick<Genre>(random);
        LambdaExpression[] values =
        [
            Of(m => m.Meta![key]), Of(m => m.Meta![key]!.Length), Of(m => m.Stock![number]),
            Of(m => m.Stock![5]!.Value + m.Int), Of(m => m.Places![genre].City),
            Of(m => m.Places![Genre.Crime].Spot!.Value.X), Of(m => m.Meta!.Count),
            Of(m => m.Tags!.Count(item => item == text)),
            Of(m => m.Tags!.Count(item => item.Length > 0) * 2 - m.Tags!.Count),
            Of(m => m.Numbers!.Count(item => item % 2 == 0 || item > number)),
            Of(m => m.Scores.Count(item => item == null)),
            Of(m => m.Offices!.Count(office => office.Number < number && office.IsHome)),
            Of(m => m.Stock!.Count(entry => entry.Value > number)),
        ];
        return In(values[random.Next(values.Length)], record);
    }

    public static Expression Condition(Random random, ParameterExpression record)
    {
        string text = Pick<string>(random);
        int number = Pick<int>(random);
        Rights rights = Pick<Rights>(random);
        char letter = Pick<char>(random);
        LambdaExpression[] conditions =
        [
            Of(m => m.Text!.StartsWith(text, StringComparison.Ordinal)),
            Of(m => m.Text!.EndsWith(text, StringComparison.Ordinal)),
            Of(m => m.Text!.Contains(text)), Of(m => m.Text!.Contains(letter)),
            Of(m => m.Title.EndsWith(letter)), Of(m => m.Home!.City!.Contains(text)),
            Of(m => string.CompareOrdinal(m.Text, text) < 0),
            Of(m => string.Compare(text, m.Text, StringComparison.Ordinal) <= 0),
            Of(m => 0 < string.CompareOrdinal(m.Text, m.Title)),
            Of(m => string.CompareOrdinal(m.Title, m.Text) >= 0),
            Of(m => string.CompareOrdinal(m.Text, null) >= 0), Of(m => m.Int.CompareTo(number) < 0),
            Of(m => (m.Rights & rights) == rights), Of(m => (m.Rights & rights) != 0),
            Of(m => m.Rights.HasFlag(rights)), Of(m => (m.Rights | Rights.Read) == rights),
            Of(m => m.Tags!.Contains(text)), Of(m => m.Numbers!.Contains(number)),
            Of(m => m.Scores.Contains(number)), Of(m => m.Scores.Contains(null)),
            Of(m => m.Tags!.Any()), Of(m => m.Numbers!.Any(item => item < number)),
            Of(m => m.Tags!.Exists(item => item.StartsWith(text, StringComparison.Ordinal))),
            Of(m => m.Tags!.All(item => item != text && item.Length > 0)),
            Of(m => m.Scores.Any(item => item > number || item == null)),
            Of(m => m.Offices!.Any(office => office.City == text || office.Number + 1 > number)),
            Of(m => m.Offices!.Any(office => office.IsHome)),
            Of(m => m.Home!.IsHome), Of(m => m.Home == null), Of(m => m.Home!.Spot != null),
        ];
        return random.Next(8) switch
        {
            0 or 1 => IgnoringCase(random, record),
            2 or 3 => OfManyValues(random, record),
            _ => In(conditions[random.Next(conditions.Length)], record),
        };
    }

    /// <summary>Dictionaries, and conditions that are asked for each of some values.</summary>
    private static Expression OfManyValues(Random random, ParameterExpression record)
    {
        string key = Key(random);
        string text = Pick<string>(random);
        int number = Pick<int>(random);
        string[] texts = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Pick<string>(random))];
        List<int> numbers = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Pick<int>(random))];
        double[] reals = [Pick<double>(random), Pick<double>(random)];
        LambdaExpression[] conditions =
        [
            Of(m => m.Meta!.ContainsKey(key)), Of(m => m.Stock!.ContainsKey(number)),
            Of(m => m.Places!.ContainsKey(Genre.Crime)), Of(m => m.Meta!.Keys.Contains(key)),
            Of(m => m.Meta!.ContainsValue(text)), Of(m => m.Stock!.Values.Contains(number)),
            Of(m => m.Meta!.Any(entry => entry.Key == key && entry.Value != text)),
            Of(m => m.Places!.All(entry => entry.Value.Number > number)),
            Of(m => m.Meta![key]!.StartsWith(text, StringComparison.Ordinal)),
            Of(m => m.Meta![key] == text), Of(m => m.Places![Genre.Comedy].IsHome),
            Of(m => numbers.Contains(m.Stock![number]!.Value)),
            Of(m => texts.Any(each => m.Tags!.Contains(each))),
            Of(m => texts.All(each => m.Tags!.Contains(each))),
            Of(m => texts.Any(each => each == m.Text)),
            Of(m => reals.Any(each => each == m.Double)),
            Of(m => texts.Any(each => m.Title.StartsWith(each, StringComparison.Ordinal))),
            Of(m => numbers.Exists(each => m.Int > each && m.MaybeInt != each)),
            Of(m => numbers.TrueForAll(each => m.Int != each || m.Numbers!.Contains(each))),
            Of(m => m.Offices!.Any(office => numbers.Any(each => office.Number == each))),
        ];
        return In(conditions[random.Next(conditions.Length)], record);
    }

    private static string Key(Random random)
        => RandomSample.Keys[random.Next(RandomSample.Keys.Length)];

    private static Expression IgnoringCase(Random random, ParameterExpression record)
    {
        const StringComparison Caseless = StringComparison.OrdinalIgnoreCase;
        string text = Pick<string>(random);
        char letter = Pick<char>(random);
        LambdaExpression[] conditions =
        [
            Of(m => string.Equals(m.Text, text, Caseless)), Of(m => m.Text!.Equals(text, Caseless)),
            Of(m => !m.Title.Equals(m.Text, Caseless)), Of(m => text.Equals(m.Text, Caseless)),
            Of(m => string.Equals(m.Text, m.Title, Caseless)),
            Of(m => string.Equals(m.Text, null, Caseless)),
            Of(m => string.Compare(m.Text, text, Caseless) < 0),
            Of(m => string.Compare(text, m.Text, Caseless) <= 0),
            Of(m => string.Compare(m.Text, text, Caseless) == 0),
            Of(m => string.Compare(m.Text, m.Title, Caseless) >= 0),
            Of(m => 0 != string.Compare(m.Title, m.Text, Caseless)),
            Of(m => string.Compare(m.Text, null, Caseless) > 0),
            Of(m => m.Text!.StartsWith(text, Caseless)), Of(m => m.Text!.EndsWith(text, Caseless)),
            Of(m => m.Text!.Contains(text, Caseless)), Of(m => m.Title.Contains(letter, Caseless)),
            Of(m => m.Tags!.Any(item => item.Equals(text, Caseless))),
            Of(m => m.Tags!.All(item => item.StartsWith(text, Caseless))),
        ];
        return In(conditions[random.Next(conditions.Length)], record);
    }

    /// <summary>The condition; false where C# would throw.</summary>
    public static Expression OrFalse(Expression condition)
        => Expression.TryCatch(
            condition, Expression.Catch(typeof(Exception), Expression.Constant(false)));

    /// <summary>The value as nullable; null where C# would throw.</summary>
    public static Expression OrNull(Expression value)
    {
        bool canBeNull = !value.Type.IsValueType || Nullable.GetUnderlyingType(value.Type) != null;
        Type type = canBeNull ? value.Type : typeof(Nullable<>).MakeGenericType(value.Type);
        return Expression.TryCatch(
            canBeNull ? value : Expression.Convert(value, type),
            Expression.Catch(typeof(Exception), Expression.Default(type)));
    }

    private static Expression<Func<Sample, T>> Of<T>(Expression<Func<Sample, T>> value) => value;

    private static T Pick<T>(Random random)
        => (T)Pool.Pick(random, typeof(T), orNull: false)!;

    private static Expression In(LambdaExpression lambda, ParameterExpression record)
        => new Renamed(lambda.Parameters[0], record).Visit(lambda.Body);

    private sealed class Renamed(ParameterExpression from, ParameterExpression to)
        : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node)
            => node == from ? to : node;
    }
}
