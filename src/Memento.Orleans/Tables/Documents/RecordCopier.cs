using System.Reflection;

namespace Memento.Tables.Documents;

/// <summary>Copies the records of a table, as cheaply as their type allows.</summary>
internal sealed class RecordCopier<T>(DocumentSerializer<T> serializer)
    where T : class
{
    private static readonly Func<object, object> CopyFields = typeof(object)
        .GetMethod(nameof(MemberwiseClone), BindingFlags.Instance | BindingFlags.NonPublic)!
        .CreateDelegate<Func<object, object>>();

    public CopyMode Mode { get; } = Immutability.CopyModeOf(typeof(T));

    /// <summary>
    /// A record that no one who has the other can change; the same where nobody can.
    /// </summary>
    public T Copy(T record) => Mode == CopyMode.Share ? record : CopyToChange(record);

    /// <summary>Always another object, for whoever is about to set a property of it.</summary>
    public T CopyToChange(T record)
        => Mode == CopyMode.Deep
            ? serializer.Deserialize(serializer.Serialize(record))
            : (T)CopyFields(record);
}
