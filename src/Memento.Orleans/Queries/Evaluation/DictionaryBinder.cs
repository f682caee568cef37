using System.Reflection;
using Memento.Keys;

namespace Memento.Queries.Evaluation;

/// <summary>
/// Binds what is asked of dictionaries. What is not in one is null, and so is what is in none.
/// </summary>
internal static class DictionaryBinder
{
    /// <summary>The value of a key.</summary>
    /// <param name="binder">Knows the table.</param>
    /// <param name="dictionary">The dictionary.</param>
    /// <param name="key">The key as text.</param>
    /// <param name="path">The whole path, for messages.</param>
    /// <exception cref="ArgumentException">It is no dictionary, or that no key of it.</exception>
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

    /// <summary>Whether there is a key.</summary>
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
