using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Collections.Specialized;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;

namespace Memento.Tests.Tables.Documents;

/// <summary>
/// The types that a property of a record may be tried with: for each either values of it that have
/// to come back, or that it is refused at start-up.
/// </summary>
internal static class HeldTypes
{
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String[Gen.Char['\0', '\uD7FF'], 0, 8],
        Gen.OneOf("", "$type", "$id", "a😀b", "null", "\uFFFE\uFFFF", "é\u0301", "[\"\\"));

    private static readonly Gen<DateTime> Time = Gen.Select(
        Gen.DateTime,
        Gen.OneOf(DateTimeKind.Utc, DateTimeKind.Unspecified, DateTimeKind.Local),
        (time, kind) => kind == DateTimeKind.Local
            ? DateTime.SpecifyKind(time, DateTimeKind.Utc).ToLocalTime()
            : DateTime.SpecifyKind(time, kind));

    private static readonly Gen<double> Real = Gen.OneOf(
        Gen.Double.Special, Gen.Double, Gen.OneOf(double.NaN, -0.0, double.Epsilon));

    private static readonly Gen<int> Number = Gen.Int;

    public static readonly IReadOnlyDictionary<string, HeldType> All = new HeldType[]
    {
        // One value.
        Kept(Gen.Bool), Kept(Gen.Byte), Kept(Gen.SByte), Kept(Gen.Short), Kept(Gen.UShort),
        Kept(Number), Kept(Gen.UInt), Kept(Gen.Long), Kept(Gen.ULong),
        Kept(Gen.Select(Gen.ULong, Gen.ULong, static (high, low) => new Int128(high, low))),
        Kept(Gen.Select(Gen.ULong, Gen.ULong, static (high, low) => new UInt128(high, low))),
        Kept(Gen.UShort.Select(BitConverter.UInt16BitsToHalf)),
        Kept(Gen.OneOf(Gen.Float.Special, Gen.Float)), Kept(Real), Kept(Gen.Decimal),
        Kept(Gen.Char['\0', '\uD7FF']), Kept(Text), Kept(Gen.Guid), Kept(Time),
        Kept(Gen.DateTimeOffset), Kept(Gen.DateOnly), Kept(Gen.TimeOnly), Kept(Gen.TimeSpan),
        Kept(Gen.OneOf("http://a/%41?q#f", "/path", "a/b", "", "mailto:x@y", "//h/p", "é ü")
            .Select(static text => new Uri(text, UriKind.RelativeOrAbsolute))),
        Kept(Gen.OneOf("/path", "p?q", "../x")
            .Select(static text => Tuple.Create(new Uri(text, UriKind.Relative)))),
        Kept(Gen.Select(Gen.Int[0, 9], Gen.Int[0, 9], static (a, b) => new Version(a, b))),
        Kept(Gen.Int[-1, 9].Select(static number => (DayOfWeek)number)),
        Kept(Gen.Int[0, 9].Select(static number => (Rights)number)),
        Kept(Gen.OneOf(Cases.one, Cases.One, Cases.ONE)),
        Kept(Gen.OneOf((Wide)0, Wide.Most, Wide.Most - 1)),
        Kept(Gen.Byte.Array[0, 5]),
        Kept(Gen.Byte.Array[0, 5].Select(static bytes => new Memory<byte>(bytes))),
        Kept(Gen.Byte.Array[0, 5].Select(static bytes => new ReadOnlyMemory<byte>(bytes))),
        Kept(Number.Array[0, 5].Select(static items => new Memory<int>(items))),
        Kept(Gen.OneOf(Number.Select(static number => (int?)number), Gen.Const((int?)null))),

        // Parts.
        Kept(Gen.Select(Text, Number, KeyValuePair.Create)),
        Kept(Gen.Select(Text, Number, Tuple.Create)),
        Kept(Gen.Select(Number, Number, static (x, y) => new System.Drawing.Point(x, y))),
        Kept(Gen.Select(Number, Text, static (x, y) => new Spot(x, y))),
        Kept(Gen.Select(Number, Text, static (x, y) => (Spot?)new Spot(x, y))),
        Kept(Gen.Select(Text, Number, static (name, size) => Sketch.Of(name, size))),
        Kept(Gen.Select(
            Text, Number, static (name, size) => new ByHand { Name = name, Size = size })),
        Kept(Number.Select(static number => new WithIncluded(number))),
        Kept(Text.Select(static name => new WithEvent { Name = name })),
        Kept(Text.Select(static name => new Forgetful { Name = name })),
        Kept(Gen.Select(Text, Real, static (name, radius) =>
            radius > 0 ? new Circle(name, radius) : new Shape(name))),

        Kept(Gen.Select(
            Gen.OneOf(null, "en", "de"),
            Gen.Int[0, 6],
            Real,
            static (text, number, any) => new WithConditions
            {
                Language = text,
                Limit = number,
                Quoted = number,
                Any = any,
            })),

        // Items.
        Kept(Text.Array[0, 4]), Kept(Number.Array[0, 4].Array[0, 4]), Kept(Text.List[0, 4]),
        Items(static items => new LinkedList<string>(items)),
        Items(static items => new Queue<string>(items)),
        Items(static items => new ConcurrentQueue<string>(items)),
        Items(static items => new Collection<string>(items)),
        Items(static items => new ObservableCollection<string>(items)),
        Items(static items => items.ToHashSet()),
        Items(static items => new SortedSet<string>(items)),
        Items(static items => items.ToImmutableList()),
        Items(static items => items.ToImmutableArray()),
        Items(static items => ImmutableQueue.CreateRange(items)),
        Items(static items => items.ToImmutableHashSet()),
        Items(static items => items.ToImmutableSortedSet()),
        Items<IEnumerable<string>>(static items => items.Select(static item => item + "!")),
        Items<ICollection<string>>(static items => [.. items]),
        Items<IReadOnlyCollection<string>>(static items => new Queue<string>(items)),
        Items<IList<string>>(static items => items),
        Items<IReadOnlyList<string>>(static items => [.. items]),
        Items<ISet<string>>(static items => items.ToHashSet()),
        Items<IImmutableList<string>>(static items => items.ToImmutableList()),
        Items<IImmutableSet<string>>(static items => items.ToImmutableHashSet()),
        Items<IImmutableQueue<string>>(static items => ImmutableQueue.CreateRange(items)),
        Items(static items =>
        {
            var names = new Names();
            names.AddRange(items);
            return names;
        }),

        // Keys.
        Keyed(Gen.Bool), Keyed(Number), Keyed(Gen.ULong), Keyed(Gen.Decimal),
        Keyed(Real.Where(double.IsFinite)), Keyed(Gen.Float.Where(float.IsFinite)),
        Keyed(Gen.Char['\0', '\uD7FF']), Keyed(Text), Keyed(Gen.Guid),
        Keyed(Time), Keyed(Gen.DateTimeOffset), Keyed(Gen.DateOnly), Keyed(Gen.TimeOnly),
        Keyed(Gen.TimeSpan), Keyed(Gen.Int[-1, 9].Select(static number => (DayOfWeek)number)),
        Keyed(Gen.Int[0, 9].Select(static number => (Rights)number)),
        Keyed(Gen.OneOf(new Uri("/a", UriKind.Relative), new Uri("http://a"))),
        Keyed(Gen.Int[0, 9].Select(static number => new Version(1, number))),
        Pairs(static pairs => new SortedDictionary<string, int>(pairs)),
        Pairs(static pairs => new SortedList<string, int>(pairs)),
        Pairs(static pairs => new OrderedDictionary<string, int>(pairs)),
        Pairs(static pairs => pairs.ToImmutableDictionary()),
        Pairs(static pairs => pairs.ToImmutableSortedDictionary()),
        Pairs<IDictionary<string, int>>(static pairs => new SortedList<string, int>(pairs)),
        Pairs<IReadOnlyDictionary<string, int>>(static pairs => pairs.ToFrozenDictionary()),
        Pairs<IImmutableDictionary<string, int>>(static pairs => pairs.ToImmutableDictionary()),
        Pairs(static pairs =>
        {
            var headers = new Headers();
            foreach ((string key, int value) in pairs) headers[key] = value;
            return headers;
        }),

        // JSON itself.
        Kept(Json.Select(static json => JsonDocument.Parse(json).RootElement)),
        Kept(Json.Select(static json => JsonNode.Parse(json))),
        Kept(Gen.Const(new JsonObject { ["a"] = 1 })), Kept(Gen.Const(new JsonArray(1, null))),

        // Types that come back changed, or not at all.
        Lost<object>(), Lost<ValueType>(), Lost<Enum>(), Lost<IComparable>(), Lost<Array>(),
        Lost<(int, string)>(), Lost<ValueTuple<int>>(), Lost<BigInteger>(), Lost<Complex>(),
        Lost<Vector3>(), Lost<Rune>(), Lost<Index>(), Lost<Range>(), Lost<nint>(), Lost<nuint>(),
        Lost<Stack<int>>(), Lost<ConcurrentStack<int>>(), Lost<ImmutableStack<int>>(),
        Lost<IImmutableStack<int>>(), Lost<IReadOnlySet<int>>(), Lost<ConcurrentBag<int>>(),
        Lost<ConcurrentDictionary<int, int>>(), Lost<BlockingCollection<int>>(),
        Lost<PriorityQueue<int, int>>(), Lost<BitArray>(), Lost<BitVector32>(),
        Lost<ArrayList>(), Lost<Hashtable>(), Lost<SortedList>(), Lost<Queue>(), Lost<Stack>(),
        Lost<IList>(), Lost<IDictionary>(), Lost<IEnumerable>(), Lost<ICollection>(),
        Lost<NameValueCollection>(), Lost<StringCollection>(), Lost<StringDictionary>(),
        Lost<HybridDictionary>(), Lost<ILookup<int, int>>(), Lost<IGrouping<int, int>>(),
        Lost<IAsyncEnumerable<int>>(), Lost<ArraySegment<int>>(), Lost<int[,]>(),
        Lost<ReadOnlyCollection<int>>(), Lost<ReadOnlyDictionary<int, int>>(),
        Lost<ReadOnlySet<int>>(), Lost<FrozenSet<int>>(), Lost<FrozenDictionary<int, int>>(),
        Lost<ImmutableList<int>.Builder>(), Lost<Dictionary<int, int>.KeyCollection>(),
        Lost<Lazy<int>>(), Lost<Action>(), Lost<Delegate>(), Lost<Func<int>>(), Lost<Type>(),
        Lost<CultureInfo>(), Lost<Encoding>(), Lost<StringBuilder>(), Lost<Exception>(),
        Lost<Task<int>>(), Lost<CancellationToken>(), Lost<WeakReference>(), Lost<Random>(),
        Lost<MemoryStream>(), Lost<TimeZoneInfo>(), Lost<System.Net.IPAddress>(),
        Lost<System.Text.RegularExpressions.Regex>(), Lost<Dictionary<byte[], int>>(),
        Lost<Dictionary<Spot, int>>(), Lost<Dictionary<string, object>>(), Lost<List<dynamic>>(),
        Lost<Cart>(), Lost<Basket>(), Lost<Twins>(), Lost<Unnamed>(),
        Lost<WithPrivateProperty>(), Lost<WithPrivateField>(), Lost<WithCallback>(),
        Lost<WithHidden>(), Lost<WithRest>(), Lost<IShape>(),
    }.ToDictionary(static held => held.Name);

    private static Gen<string> Json => Gen.OneOf(
        "1.50", "\"x\"", "true", "{\"a\":[1,{\"b\":null}],\"$id\":\"2\"}", "[]", "1e400");

    private static HeldType<T> Kept<T>(Gen<T> values) => new(values);

    private static HeldType<T> Lost<T>() => new(values: null);

    private static HeldType<T> Items<T>(Func<List<string>, T> make)
        => Kept(Text.List[0, 4].Select(make));

    private static HeldType<Dictionary<TKey, int>> Keyed<TKey>(Gen<TKey> keys)
        where TKey : notnull
        => Kept(keys.Array[0, 4].Select(static keys => keys.Distinct()
            .Select(static (key, index) => KeyValuePair.Create(key, index)).ToDictionary()));

    private static HeldType<T> Pairs<T>(Func<Dictionary<string, int>, T> make)
        => Kept(Text.Array[0, 4].Select(keys => make(keys.Distinct()
            .Select(static (key, index) => KeyValuePair.Create(key, index)).ToDictionary())));
}
