namespace Memento.Tables.Documents;

/// <summary>A member of an object whose value has to be looked at.</summary>
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
/// A value that may be the default, because that is how it comes back where a document has none.
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
/// <param name="check">The check of the derived type; null: there is nothing to look at.</param>
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
