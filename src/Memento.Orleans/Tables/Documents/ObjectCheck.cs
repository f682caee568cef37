using System.Collections.Frozen;
using Memento.Keys;

namespace Memento.Tables.Documents;

/// <summary>
/// An object: that it is of its declared type, or of a derived one that the document names, and what
/// its properties hold.
/// </summary>
/// <param name="members">The members that have to be looked at.</param>
/// <param name="derivedTypes">The derived types that the document names.</param>
/// <param name="bytes">The most bytes of an object without what these members hold.</param>
/// <param name="discriminatorBytes">The most bytes that name its type.</param>
/// <param name="countsDepth">Whether objects could be too deep.</param>
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
