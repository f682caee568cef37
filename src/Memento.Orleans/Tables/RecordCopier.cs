using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Memento.Tables.Documents;
using Orleans.Serialization.Cloning;

namespace Memento.Tables;

/// <summary>Copies the records of a table, as cheaply as their type allows.</summary>
internal sealed class RecordCopier<T>(DocumentSerializer<T> serializer)
    where T : class
{
    private static readonly Func<object, object> CopyFields = typeof(object)
        .GetMethod(nameof(MemberwiseClone), BindingFlags.Instance | BindingFlags.NonPublic)!
        .CreateDelegate<Func<object, object>>();

    private readonly CopyModes _own = CopyModes.Of(typeof(T));
    private readonly FrozenDictionary<Type, CopyModes> _derived = DerivedTypes.Of(typeof(T))
        .ToFrozenDictionary(static type => type, CopyModes.Of);

    /// <summary>
    /// The most expensive way to copy a record of the table that the application made.
    /// </summary>
    public CopyMode Mode => _derived.Values.Append(_own).Max(static modes => modes.Given);

    /// <summary>
    /// A record that the holder of the other one cannot change; the same record if it is immutable.
    /// It has the values of its document, and no more.
    /// </summary>
    public T Copy(T record) => Copy(record, ModesOf(record).Given);

    /// <summary>
    /// Like Copy, for a record that is such a copy, or was read from its document.
    /// </summary>
    public T CopyStored(T record) => Copy(record, ModesOf(record).Stored);

    /// <summary>Always another object, for a caller that sets a property of it.</summary>
    public T CopyToChange(T record)
        => ModesOf(record).Given == CopyMode.Deep
            ? CopyByDocument(record)
            : (T)CopyFields(record);

    private T Copy(T record, CopyMode mode) => mode switch
    {
        CopyMode.Share => record,
        CopyMode.Shallow => (T)CopyFields(record),
        _ => CopyByDocument(record),
    };

    private T CopyByDocument(T record) => serializer.Deserialize(serializer.Serialize(record));

    private CopyModes ModesOf(T record)
        => record.GetType() == typeof(T)
            ? _own
            : _derived.GetValueOrDefault(record.GetType(), CopyModes.Deep);

    private readonly record struct CopyModes(CopyMode Given, CopyMode Stored)
    {
        public static readonly CopyModes Deep = new(CopyMode.Deep, CopyMode.Deep);

        public static CopyModes Of(Type type)
            => new(Immutability.CopyModeOf(type), Immutability.StoredCopyModeOf(type));
    }
}

/// <summary>Copies a record for a grain call in a silo.</summary>
/// <typeparam name="T">The record type of a table, or a derived type that it names.</typeparam>
internal sealed class RecordDeepCopier<T>(TableDefinition table)
    : IDeepCopier<T>, IOptionalDeepCopier
    where T : class
{
    public bool IsShallowCopyable() => table.CopyMode == CopyMode.Share;

    [return: NotNullIfNotNull(nameof(input))]
    public T? DeepCopy(T? input, CopyContext context)
    {
        if (IsShallowCopyable()) return input;
        if (context.TryGetCopy(input, out T? copy)) return copy;

        table.RequireRecordType(input);
        copy = (T)table.Copy(input!);
        context.RecordCopy(input!, copy);
        return copy;
    }

    [return: NotNullIfNotNull(nameof(input))]
    object? IDeepCopier.DeepCopy(object? input, CopyContext context)
        => DeepCopy((T?)input, context);
}

/// <summary>The derived types that a record type names with [JsonDerivedType].</summary>
internal static class DerivedTypes
{
    /// <summary>All but the type itself.</summary>
    public static IReadOnlyList<Type> Of(Type recordType)
        => DocumentFormat.Options.GetTypeInfo(recordType).PolymorphismOptions is { } options
            ?
            [
                .. options.DerivedTypes.Select(static derived => derived.DerivedType)
                    .Where(type => type != recordType),
            ]
            : [];
}
