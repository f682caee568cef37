using System.Collections.Frozen;
using System.Reflection;

namespace Memento.Tables.Documents;

/// <summary>Copies the records of a table, as cheaply as their type allows.</summary>
internal sealed class RecordCopier<T>(DocumentSerializer<T> serializer)
    where T : class
{
    private static readonly Func<object, object> CopyFields = typeof(object)
        .GetMethod(nameof(MemberwiseClone), BindingFlags.Instance | BindingFlags.NonPublic)!
        .CreateDelegate<Func<object, object>>();

    private readonly CopyMode _ownMode = Immutability.CopyModeOf(typeof(T));
    private readonly FrozenDictionary<Type, CopyMode> _derivedModes = DerivedTypes.Of(typeof(T))
        .ToFrozenDictionary(static type => type, Immutability.CopyModeOf);

    /// <summary>What it takes to copy any record of the table.</summary>
    public CopyMode Mode => _derivedModes.Values.Append(_ownMode).Max();

    /// <summary>
    /// A record that no one who has the other can change; the same where nobody can.
    /// </summary>
    public T Copy(T record)
    {
        CopyMode mode = ModeOf(record);
        return mode == CopyMode.Share ? record : Copy(record, mode);
    }

    /// <summary>Always another object, for whoever is about to set a property of it.</summary>
    public T CopyToChange(T record) => Copy(record, ModeOf(record));

    private T Copy(T record, CopyMode mode)
        => mode == CopyMode.Deep
            ? serializer.Deserialize(serializer.Serialize(record))
            : (T)CopyFields(record);

    private CopyMode ModeOf(T record)
        => record.GetType() == typeof(T)
            ? _ownMode
            : _derivedModes.GetValueOrDefault(record.GetType(), CopyMode.Deep);
}
