using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Memento.Keys;

namespace Memento.Queries.Evaluation;

/// <summary>
/// Binds the operands and conditions on dictionaries. The value of an absent key is null, and so is
/// every value of a null dictionary.
/// </summary>
internal static class DictionaryBinder
{
    /// <summary>The value of a key.</summary>
    /// <param name="binder">The binder, which has the table.</param>
    /// <param name="dictionary">The dictionary.</param>
    /// <param name="key">The key as text.</param>
    /// <param name="path">The whole path, for messages.</param>
    /// <exception cref="ArgumentException">
    /// The value is not a dictionary, or the text is not a key of its key type.
    /// </exception>
    public static BoundValue<TRecord> Entry<TRecord>(
        GuardBinder binder, BoundValue<TRecord> dictionary, string key, string path)
    {
        (DictionaryType type, object read) = Read(binder, dictionary.Shape, key);
        ValueShape shape = ValueShape.OfProperty(path, type.Value);
        string method = shape.ValueType == shape.DeclaredType
            ? nameof(ValueOf)
            : nameof(NullableOf);
        return (BoundValue<TRecord>)Invoke<TRecord>(
            method, dictionary, type.Key, shape.ValueType, [dictionary, read, shape]);
    }

    /// <summary>Whether the dictionary has a key.</summary>
    /// <inheritdoc cref="Entry" path="/param|/exception"/>
    public static Func<TRecord, bool> HasKey<TRecord>(
        GuardBinder binder, BoundValue<TRecord> dictionary, string key)
    {
        (DictionaryType type, object read) = Read(binder, dictionary.Shape, key);
        return (Func<TRecord, bool>)Invoke<TRecord>(
            nameof(HasKeyOf), dictionary, type.Key, type.Value, [dictionary, read]);
    }

    private static (DictionaryType Type, object Key) Read(
        GuardBinder binder, in ValueShape dictionary, string key)
    {
        DictionaryType type = DictionaryType.Of(dictionary.ValueType)
            ?? throw new ArgumentException(
                $"{binder.Table}: {dictionary.Subject} of '{TypeName.Of(dictionary.DeclaredType)}' "
                + "is no dictionary.");
        object read = DictionaryKey.TryRead(type.Key, key) ?? throw new ArgumentException(
            $"{binder.Table}: {dictionary.Subject} has keys of '{TypeName.Of(type.Key)}', and "
            + $"'{key}' is none. Give a key of the dictionary's own type.");
        return (type, read);
    }

    private static object Invoke<TRecord>(
        string method, BoundValue<TRecord> dictionary, Type key, Type value, object[] arguments)
        => typeof(DictionaryBinder)
            .GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(typeof(TRecord), dictionary.Shape.ValueType, key, value)
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;

    private static BoundValue<TRecord, TValue> ValueOf<TRecord, TDictionary, TKey, TValue>(
        BoundValue<TRecord, TDictionary> dictionary, TKey key, ValueShape shape)
        where TDictionary : notnull
        where TKey : notnull
        => new(
            shape,
            (record, out value) =>
            {
                value = default!;
                return dictionary.TryGet(record, out TDictionary entries)
                    && DictionaryReader<TKey, TValue>.TryGet(entries, key, out value!)
                    && value is not null;
            });

    private static BoundValue<TRecord, TValue> NullableOf<TRecord, TDictionary, TKey, TValue>(
        BoundValue<TRecord, TDictionary> dictionary, TKey key, ValueShape shape)
        where TDictionary : notnull
        where TKey : notnull
        where TValue : struct
        => new(
            shape,
            (record, out value) =>
            {
                TValue? there = null;
                bool has = dictionary.TryGet(record, out TDictionary entries)
                    && DictionaryReader<TKey, TValue?>.TryGet(entries, key, out there);
                value = there.GetValueOrDefault();
                return has && there.HasValue;
            });

    private static Func<TRecord, bool> HasKeyOf<TRecord, TDictionary, TKey, TValue>(
        BoundValue<TRecord, TDictionary> dictionary, TKey key)
        where TDictionary : notnull
        where TKey : notnull
        => record => dictionary.TryGet(record, out TDictionary entries)
            && DictionaryReader<TKey, TValue>.TryGet(entries, key, out _);
}

/// <summary>Reads the text that <see cref="GuardPath.KeyText"/> writes.</summary>
internal static class DictionaryKey
{
    /// <returns>The key; null if the text is not a key of the type.</returns>
    public static object? TryRead(Type type, string text)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        try
        {
            if (type.IsEnum)
            {
                Type integer = Enum.GetUnderlyingType(type);
                return Enum.ToObject(type, Convert.ChangeType(text, integer, culture));
            }

            if (type == typeof(Guid)) return Guid.Parse(text, culture);
            if (type == typeof(DateTimeOffset)) return DateTimeOffset.Parse(text, culture);
            if (type == typeof(DateOnly)) return DateOnly.Parse(text, culture);
            if (type == typeof(TimeOnly)) return TimeOnly.Parse(text, culture);
            if (type == typeof(TimeSpan)) return TimeSpan.Parse(text, culture);

            return Domains.Of(type) is null ? null : Convert.ChangeType(text, type, culture);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            return null;
        }
    }
}

/// <summary>Looks a key up in any of the framework's dictionaries.</summary>
internal static class DictionaryReader<TKey, TValue>
    where TKey : notnull
{
    public static bool TryGet(
        object dictionary, TKey key, [MaybeNullWhen(returnValue: false)] out TValue value)
    {
        if (typeof(TKey) == typeof(string) && IsSorted(dictionary))
        {
            return TryGetByOrdinal(
                (IEnumerable<KeyValuePair<TKey, TValue>>)dictionary, key, out value);
        }

        return dictionary is IReadOnlyDictionary<TKey, TValue> readable
            ? readable.TryGetValue(key, out value)
            : ((IDictionary<TKey, TValue>)dictionary).TryGetValue(key, out value);
    }

    /// <summary>
    /// Whether the dictionary is sorted. Sorted dictionaries of texts use the order of a culture,
    /// so another machine could find another key.
    /// </summary>
    private static bool IsSorted(object dictionary)
        => dictionary is SortedDictionary<TKey, TValue> or SortedList<TKey, TValue>
            or ImmutableSortedDictionary<TKey, TValue>;

    private static bool TryGetByOrdinal(
        IEnumerable<KeyValuePair<TKey, TValue>> entries,
        TKey key,
        [MaybeNullWhen(returnValue: false)] out TValue value)
    {
        foreach ((TKey candidate, TValue there) in entries)
        {
            if (EqualityComparer<TKey>.Default.Equals(candidate, key))
            {
                value = there;
                return true;
            }
        }

        value = default;
        return false;
    }
}

/// <summary>
/// Finds the dictionaries among the types of values, with the types of their keys and values.
/// </summary>
/// <param name="Key">The type of the keys.</param>
/// <param name="Value">The type of the values.</param>
internal sealed record DictionaryType(Type Key, Type Value)
{
    /// <summary>Null if the type is not a dictionary, or is several.</summary>
    public static DictionaryType? Of(Type type)
    {
        Type[] faces = [type, .. type.GetInterfaces()];
        DictionaryType[] dictionaries =
        [
            .. faces.Where(IsDictionary)
                .Select(face => face.GetGenericArguments())
                .Select(arguments => new DictionaryType(arguments[0], arguments[1]))
                .Distinct(),
        ];
        return dictionaries is [DictionaryType only] ? only : null;
    }

    private static bool IsDictionary(Type face)
        => face.IsGenericType && (face.GetGenericTypeDefinition() == typeof(IDictionary<,>)
            || face.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>));
}
