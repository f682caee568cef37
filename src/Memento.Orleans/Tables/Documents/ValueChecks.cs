using System.Collections.Frozen;
using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Memento.Tables.Documents;

/// <summary>
/// Makes the checks of the values of a record type and of all types in its documents. A type
/// without a check costs nothing: none of its values can have a fault, and all of them are small.
/// </summary>
internal sealed class ValueChecks
{
    private readonly Dictionary<Type, object?> _checks = [];
    private readonly Dictionary<Type, long> _bytes = [];
    private readonly HashSet<Type> _begun = [];
    private readonly bool _countsDepth;

    public ValueChecks(Type recordType) => _countsDepth = HoldsItself(recordType, [], []);

    /// <summary>
    /// Whether code of the application can change values, so that only writing and reading the
    /// document can find faults.
    /// </summary>
    public bool NeedsRoundTrip { get; private set; }

    /// <summary>
    /// The check of a type; null: every value of the type comes back, and is small.
    /// </summary>
    public ValueCheck<T>? For<T>()
    {
        if (_checks.TryGetValue(typeof(T), out object? known)) return (ValueCheck<T>?)known;
        if (!_begun.Add(typeof(T))) return new LateCheck<T>(this);

        object? check = Make<T>(out long bytes);
        _checks[typeof(T)] = check;
        if (check is null) _bytes[typeof(T)] = Math.Max(bytes, DocumentBytes.Null);
        return (ValueCheck<T>?)check;
    }

    /// <summary>
    /// The most bytes of a value of a type without a check; 0 if a check counts them.
    /// </summary>
    public long BytesOf(Type type) => _bytes.GetValueOrDefault(type);

    private object? Make<T>(out long bytes)
    {
        bytes = 0;
        if (typeof(T) == typeof(string)) return new TextCheck();
        if (typeof(T) == typeof(char)) return new LetterCheck();
        if (typeof(T) == typeof(Uri)) return new UriCheck();
        if (typeof(T) == typeof(DateTime)) return new TimeCheck();
        if (typeof(T) == typeof(byte[])) return new BytesCheck();
        if (typeof(T) == typeof(Memory<byte>)) return new MemoryCheck();
        if (typeof(T) == typeof(ReadOnlyMemory<byte>)) return new ReadOnlyMemoryCheck();
        if (Nullable.GetUnderlyingType(typeof(T)) is { } value)
        {
            object? check = Call(nameof(MakeNullable), value);
            bytes = BytesOf(value);
            return check;
        }

        JsonTypeInfo info = DocumentFormat.Options.GetTypeInfo(typeof(T));
        switch (DocumentKinds.Of(info))
        {
            case DocumentKind.Object:
                return MakeObject<T>(info, out bytes);
            case DocumentKind.List:
                NeedsRoundTrip |= IsOfApplication(typeof(T));
                return Call(nameof(MakeList), typeof(T), info.ElementType!);
            case DocumentKind.Dictionary:
                NeedsRoundTrip |= IsOfApplication(typeof(T));
                return Call(nameof(MakeDictionary), typeof(T), info.KeyType!, info.ElementType!);
            case DocumentKind.Own:
                NeedsRoundTrip = true;
                return typeof(JsonNode).IsAssignableFrom(typeof(T))
                    ? Activator.CreateInstance(typeof(NodeCheck<>).MakeGenericType(typeof(T)), info)
                    : null;
            default:
                // A size that is not known is measured.
                NeedsRoundTrip |= DocumentBytes.OfAny(typeof(T)) is null;
                bytes = DocumentBytes.OfAny(typeof(T)) ?? 0;
                return null;
        }
    }

    private ObjectCheck<T>? MakeObject<T>(JsonTypeInfo info, out long bytes)
    {
        bool isPlain = new StoredState(info).IsPlain;
        NeedsRoundTrip |= !isPlain;
        List<MemberCheck<T>> members = [];
        bytes = DocumentBytes.Ends;
        foreach (JsonPropertyInfo member in
            info.Properties.Where(static member => member.Get is not null))
        {
            bytes += DocumentBytes.OfName(member.Name);
            if (member is not { CustomConverter: null, AttributeProvider: MemberInfo read })
                continue;

            object? check = Call(
                nameof(MakeMember), [typeof(T), member.PropertyType], read, isPlain);
            if (check is not null) members.Add((MemberCheck<T>)check);
            bytes += BytesOf(member.PropertyType);
        }

        var derived = new Dictionary<Type, DerivedCheck<T>>();
        foreach (JsonDerivedType type in info.PolymorphismOptions?.DerivedTypes ?? [])
        {
            if (type.DerivedType != typeof(T))
            {
                derived[type.DerivedType] = (DerivedCheck<T>)Call(
                    nameof(MakeDerived), typeof(T), type.DerivedType)!;
            }
        }

        long discriminator = DocumentBytes.OfDiscriminator(info.PolymorphismOptions);
        bool isAlwaysItself = typeof(T).IsValueType || typeof(T).IsSealed;
        if (!isAlwaysItself || members.Count > 0 || _countsDepth)
        {
            return new ObjectCheck<T>(
                [.. members], derived.ToFrozenDictionary(), bytes, discriminator, _countsDepth);
        }

        bytes += discriminator;
        return null;
    }

    private MemberCheck<TOwner, TValue>? MakeMember<TOwner, TValue>(
        MemberInfo member, bool isPlain)
    {
        ValueCheck<TValue>? check = For<TValue>();
        if (check is null && isPlain) return null;

        Func<TOwner, TValue> get = MakeGetter<TOwner, TValue>(member);
        if (check is not null && DocumentFormat.IsImmutableArray(typeof(TValue)) && IsUnset(get))
            check = new UnsetCheck<TValue>(check);

        return new MemberCheck<TOwner, TValue>(member.Name, get, check);
    }

    private static Func<TOwner, TValue> MakeGetter<TOwner, TValue>(MemberInfo member)
    {
        if (member is PropertyInfo { GetMethod: { } getter } && !typeof(TOwner).IsValueType)
            return getter.CreateDelegate<Func<TOwner, TValue>>();

        ParameterExpression owner = Expression.Parameter(typeof(TOwner));
        return Expression.Lambda<Func<TOwner, TValue>>(
            Expression.MakeMemberAccess(owner, member), owner).Compile();
    }

    /// <summary>Whether a member is the default if the document does not have it.</summary>
    private static bool IsUnset<TOwner, TValue>(Func<TOwner, TValue> get)
    {
        try
        {
            var owner = (TOwner)JsonSerializer.Deserialize(
                "{}"u8, DocumentFormat.Options.GetTypeInfo(typeof(TOwner)))!;
            return EqualityComparer<TValue>.Default.Equals(get(owner), default);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A type that cannot be read from an empty document has no default that comes back.
            return false;
        }
    }

    private DerivedCheck<TBase, TDerived> MakeDerived<TBase, TDerived>()
        => new(For<TDerived>(), BytesOf(typeof(TDerived)));

    private NullableCheck<T>? MakeNullable<T>()
        where T : struct
        => For<T>() is { } check ? new NullableCheck<T>(check) : null;

    private ListCheck<TCollection, TItem> MakeList<TCollection, TItem>()
        where TCollection : IEnumerable<TItem>
        => new(
            For<TItem>(),
            BytesOf(typeof(TItem)),
            Comparers.OfSet<TItem>(Empty<TCollection>("[]"u8)),
            _countsDepth);

    private DictionaryCheck<TCollection, TKey, TValue> MakeDictionary<TCollection, TKey, TValue>()
        where TCollection : IEnumerable<KeyValuePair<TKey, TValue>>
        where TKey : notnull
    {
        ValueCheck<TKey>? key = ForKey<TKey>();
        ValueCheck<TValue>? item = For<TValue>();

        // The name of an entry has quotes, also if the key as a value has none.
        const int Around = DocumentBytes.Ends + DocumentBytes.Colon + DocumentBytes.Comma;
        return new(
            key,
            item,
            Around + BytesOf(typeof(TKey)) + BytesOf(typeof(TValue)),
            Comparers.OfKeys<TKey, TValue>(Empty<TCollection>("{}"u8)),
            _countsDepth);
    }

    private ValueCheck<TKey>? ForKey<TKey>()
        => For<TKey>()
            ?? (typeof(TKey) == typeof(double) ? new RealKeyCheck<double>()
                : typeof(TKey) == typeof(float) ? new RealKeyCheck<float>()
                : typeof(TKey) == typeof(Half) ? (object)new RealKeyCheck<Half>()
                : null) as ValueCheck<TKey>;

    /// <summary>The form in which an empty collection comes back.</summary>
    private static TCollection Empty<TCollection>(ReadOnlySpan<byte> document)
        => (TCollection)JsonSerializer.Deserialize(
            document, DocumentFormat.Options.GetTypeInfo(typeof(TCollection)))!;

    private static bool IsOfApplication(Type collection)
        => !collection.IsArray && !Framework.Has(collection);

    private object? Call(string method, params Type[] types) => Call(method, types, []);

    private object? Call(string method, Type[] types, params object[] arguments)
        => typeof(ValueChecks)
            .GetMethod(method, BindingFlags.Instance | BindingFlags.NonPublic)!
            .MakeGenericMethod(types)
            .Invoke(this, BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null);

    /// <summary>
    /// Whether a value of the type can contain other values of the type, without end.
    /// </summary>
    private static bool HoldsItself(Type type, HashSet<Type> above, HashSet<Type> seen)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (above.Contains(type)) return true;
        if (!seen.Add(type)) return false;

        above.Add(type);
        bool holdsItself = DocumentTypes.In(DocumentFormat.Options.GetTypeInfo(type))
            .Any(part => HoldsItself(part, above, seen));
        above.Remove(type);
        return holdsItself;
    }

    /// <summary>
    /// The check of a type that contains itself; it is found when it is first needed.
    /// </summary>
    private sealed class LateCheck<T>(ValueChecks checks) : ValueCheck<T>
    {
        private ValueCheck<T>? _check;

        public override RecordFault? Find(T value, int depth, ref long size)
            => (_check ??= (ValueCheck<T>)checks._checks[typeof(T)]!).Find(value, depth, ref size);
    }
}
