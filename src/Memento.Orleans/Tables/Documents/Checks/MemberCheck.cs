namespace Memento.Tables.Documents.Checks;

/// <summary>A member of an object whose value has to be looked at.</summary>
internal abstract class MemberCheck<TOwner>
{
    public abstract RecordFault? Find(TOwner owner, int depth, ref long size);
}

/// <inheritdoc/>
internal sealed class MemberCheck<TOwner, TValue>(
    string name, Func<TOwner, TValue> get, ValueCheck<TValue> check) : MemberCheck<TOwner>
{
    public override RecordFault? Find(TOwner owner, int depth, ref long size)
        => check.Find(get(owner), depth, ref size)?.In(name);
}

/// <summary>A value of a derived type that its base type names.</summary>
internal abstract class DerivedCheck<TBase>
{
    public abstract RecordFault? Find(TBase value, int depth, ref long size);
}

/// <inheritdoc/>
/// <param name="check">The check of the derived type; null: there is nothing to look at.</param>
internal sealed class DerivedCheck<TBase, TDerived>(ValueCheck<TDerived>? check)
    : DerivedCheck<TBase>
{
    public override RecordFault? Find(TBase value, int depth, ref long size)
        => check?.Find((TDerived)(object)value!, depth, ref size);
}

/// <summary>A value that may be missing.</summary>
internal sealed class NullableCheck<T>(ValueCheck<T> check) : ValueCheck<T?>
    where T : struct
{
    public override RecordFault? Find(T? value, int depth, ref long size)
        => value is { } there ? check.Find(there, depth, ref size) : null;
}
