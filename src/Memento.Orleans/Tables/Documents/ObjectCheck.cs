using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Memento.Keys;

namespace Memento.Tables.Documents;

/// <summary>
/// Checks that an object has its declared type, or a derived type that the document names, and
/// checks its properties.
/// </summary>
/// <param name="members">The members that must be checked.</param>
/// <param name="derivedTypes">The derived types that the document names.</param>
/// <param name="bytes">The most bytes of an object, without the values of these members.</param>
/// <param name="discriminatorBytes">The most bytes of the name of its type.</param>
/// <param name="countsDepth">Whether the depth of objects must be checked.</param>
internal sealed class ObjectCheck<T>(
    MemberCheck<T>[] members,
    FrozenDictionary<Type, DerivedCheck<T>> derivedTypes,
    long bytes,
    long discriminatorBytes,
    bool countsDepth) : ValueCheck<T>
{
    public override RecordFault? Find(T value, int depth, ref long size)
    {
        if (value is null)
        {
            size += DocumentBytes.Null;
            return null;
        }

        size += discriminatorBytes;
        if (!typeof(T).IsValueType && value.GetType() != typeof(T))
        {
            return derivedTypes.TryGetValue(value.GetType(), out DerivedCheck<T>? derived)
                ? derived.Find(value, depth, ref size)
                : Undeclared(value.GetType());
        }

        if (countsDepth && FindDepth(depth) is { } tooDeep) return tooDeep;

        size += bytes;
        foreach (MemberCheck<T> member in members)
        {
            if (member.Find(value, depth + 1, ref size) is { } fault) return fault;
        }

        return null;
    }

    private static RecordFault Undeclared(Type type)
        => new(
            $"is of type '{TypeName.Of(type)}', which '{TypeName.Of<T>()}' does not name, so "
            + $"that what '{TypeName.Of(type)}' has besides would be lost; declare it with "
            + $"[JsonDerivedType(typeof({TypeName.Of(type)}), \"a name\")] on "
            + $"'{TypeName.Of<T>()}', or put a '{TypeName.Of<T>()}' there");
}

/// <summary>Finds values of a type that would not come back from a document.</summary>
internal abstract class ValueCheck<T>
{
    /// <summary>The first fault of a value; null: it comes back equal.</summary>
    /// <param name="value">The value.</param>
    /// <param name="depth">
    /// How many objects and collections of the record are around the value.
    /// </param>
    /// <param name="size">
    /// The most bytes of the value in a document (<see cref="DocumentBytes"/>) are added to it.
    /// </param>
    public abstract RecordFault? Find(T value, int depth, ref long size);

    /// <summary>The fault of a value that is one level too deep.</summary>
    protected static RecordFault? FindDepth(int depth)
        => depth < DocumentFormat.MaxDepth
            ? null
            : new RecordFault(
                $"is deeper than {DocumentFormat.MaxDepth} levels of objects and collections, "
                + "which is the most that a record may have, or there is a cycle in it; keep its "
                + "parts as records of their own");
}

/// <summary>A member of an object whose value must be checked.</summary>
internal abstract class MemberCheck<TOwner>
{
    public abstract RecordFault? Find(TOwner owner, int depth, ref long size);
}

/// <inheritdoc/>
/// <param name="name">Its name.</param>
/// <param name="get">Its getter.</param>
/// <param name="check">The check of its type; null: only the getter can fail.</param>
internal sealed class MemberCheck<TOwner, TValue>(
    string name, Func<TOwner, TValue> get, ValueCheck<TValue>? check) : MemberCheck<TOwner>
{
    public override RecordFault? Find(TOwner owner, int depth, ref long size)
    {
        TValue value;
        try
        {
            value = get(owner);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return new RecordFault($"cannot be read: {exception.Message}").In(name);
        }

        return check?.Find(value, depth, ref size)?.In(name);
    }
}

/// <summary>
/// A value that may be the default, because it comes back as the default if a document has no
/// value.
/// </summary>
internal sealed class UnsetCheck<T>(ValueCheck<T> check) : ValueCheck<T>
{
    public override RecordFault? Find(T value, int depth, ref long size)
        => EqualityComparer<T>.Default.Equals(value, default)
            ? null
            : check.Find(value, depth, ref size);
}

/// <summary>A value of a derived type that its base type names.</summary>
internal abstract class DerivedCheck<TBase>
{
    public abstract RecordFault? Find(TBase value, int depth, ref long size);
}

/// <inheritdoc/>
/// <param name="check">The check of the derived type; null: no check is needed.</param>
/// <param name="bytes">The most bytes of its values, where there is no check.</param>
internal sealed class DerivedCheck<TBase, TDerived>(ValueCheck<TDerived>? check, long bytes)
    : DerivedCheck<TBase>
{
    public override RecordFault? Find(TBase value, int depth, ref long size)
    {
        if (check is not null) return check.Find((TDerived)(object)value!, depth, ref size);

        size += bytes;
        return null;
    }
}

/// <summary>A value that may be missing.</summary>
internal sealed class NullableCheck<T>(ValueCheck<T> check) : ValueCheck<T?>
    where T : struct
{
    public override RecordFault? Find(T? value, int depth, ref long size)
    {
        if (value is { } there) return check.Find(there, depth, ref size);

        size += DocumentBytes.Null;
        return null;
    }
}

/// <summary>
/// JSON that was built in memory: its texts do not pass the converter that refuses invalid text. If
/// it cannot be written at all, writing and reading it tells why, and measures it too.
/// </summary>
internal sealed class NodeCheck<T>(JsonTypeInfo<T> type) : ValueCheck<T?>
    where T : JsonNode
{
    public override RecordFault? Find(T? value, int depth, ref long size)
    {
        if (value is null) return null;

        try
        {
            byte[] document = JsonSerializer.SerializeToUtf8Bytes(value, type);
            return JsonNode.DeepEquals(value, JsonSerializer.Deserialize(document, type))
                ? null
                : new RecordFault("is JSON that would be read as another; give it text without "
                    + "half surrogate pairs");
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return null;
        }
    }
}

/// <summary>
/// Why a value would not come back from a document, and where in the record it is.
/// </summary>
/// <param name="reason">The fault, and what to do, as the end of a sentence.</param>
internal sealed class RecordFault(string reason)
{
    /// <summary>
    /// Of a longer path, the message has the beginning and the end, each of this length.
    /// </summary>
    private const int ShownOfPath = 60;

    private string _path = "";

    private string ShownPath
        => _path.Length <= 2 * ShownOfPath
            ? _path
            : $"{_path[..ShownOfPath]}…{_path[^ShownOfPath..]}";

    /// <summary>The fault as a sentence without its full stop.</summary>
    public override string ToString()
        => _path.Length == 0 ? $"it {reason}" : $"'{ShownPath}' {reason}";

    /// <summary>The fault, seen from the object that has the value in a property.</summary>
    public RecordFault In(string property)
    {
        _path = _path.Length == 0 || _path[0] == '[' ? property + _path : $"{property}.{_path}";
        return this;
    }

    /// <summary>The fault, seen from the collection that has the value.</summary>
    /// <param name="place">An index or a key, as C# writes it.</param>
    public RecordFault At(string place) => In($"[{place}]");
}
