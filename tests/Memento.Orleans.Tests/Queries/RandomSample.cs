using Memento.Tables;

namespace Memento.Tests.Queries;

/// <summary>Makes records whose values are from the pool.</summary>
internal static class RandomSample
{
    /// <summary>Keys of dictionaries, also texts that have a meaning in a path.</summary>
    public static readonly string[] Keys = ["", "a", "A", "a.b", "\\\"]["];

    public static Sample Next(Random random)
    {
        var sample = new Sample
        {
            Tags = OrNull<List<string>>(random, () => [.. Some(random, () => Text(random)!)]),
            Numbers = OrNull<int[]>(random, () => [.. Some(random, () => Number(random))]),
            Home = OrNull(random, () => NextAddress(random)),
            Offices = OrNull<List<Address>>(
                random, () => [.. Some(random, () => NextAddress(random))]),
            Scores = random.Next(4) == 0
                ? default
                : [.. Some(random, () => OrNullValue(random, () => Number(random)))],
            Meta = Entries<string, string?>(
                random, Keys, () => OrNull(random, () => Text(random)!)),
            Stock = Entries<int, int?>(
                random, [-1, 5, 97], () => OrNullValue(random, () => Number(random))),
            Places = Entries(random, [Genre.Comedy, Genre.Crime], () => NextAddress(random)),
        };
        foreach (RecordProperty property in Samples.Table.Properties)
        {
            if (!Pool.Has(property.Type)) continue;

            bool orNull = property.Name == nameof(Sample.Text);
            property.Info.SetValue(sample, Pool.Pick(random, property.Type, orNull));
        }

        return sample;
    }

    private static Dictionary<TKey, TValue>? Entries<TKey, TValue>(
        Random random, TKey[] keys, Func<TValue> make)
        where TKey : notnull
        => OrNull(
            random,
            () => keys.Where(_ => random.Next(2) == 0).ToDictionary(key => key, _ => make()));

    private static Address NextAddress(Random random) => new()
    {
        City = OrNull(random, () => Text(random)!),
        Number = Number(random),
        MaybeNumber = OrNullValue(random, () => Number(random)),
        IsHome = random.Next(2) == 0,
        Spot = OrNullValue(random, () => new Point(Number(random), Number(random))),
    };

    private static string? Text(Random random)
        => (string?)Pool.Pick(random, typeof(string), orNull: false);

    private static int Number(Random random)
        => (int)Pool.Pick(random, typeof(int), orNull: false)!;

    private static T[] Some<T>(Random random, Func<T> make)
        => [.. Enumerable.Range(0, random.Next(4)).Select(_ => make())];

    private static T? OrNull<T>(Random random, Func<T> make)
        where T : class
        => random.Next(4) == 0 ? null : make();

    private static T? OrNullValue<T>(Random random, Func<T> make)
        where T : struct
        => random.Next(4) == 0 ? null : make();
}
