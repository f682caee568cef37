using System.Diagnostics.CodeAnalysis;
using Memento.Tables.Documents;
using Orleans.Serialization.Cloning;

namespace Memento.Tables;

/// <summary>Copies a record for a grain call within a silo.</summary>
/// <typeparam name="T">The record type of a table, or a derived type that it names.</typeparam>
internal sealed class RecordDeepCopier<T>(TableDefinition table)
    : IDeepCopier<T>, IOptionalDeepCopier
    where T : class
{
    public bool IsShallowCopyable() => table.CopyMode == CopyMode.Share;

    [return: NotNullIfNotNull(nameof(input))]
    public T? DeepCopy(T? input, CopyContext context)
    {
        if (IsShallowCopyable())
            return input;
        if (context.TryGetCopy(input, out T? copy))
            return copy;

        table.RequireRecordType(input);
        copy = (T)table.Copy(input!);
        context.RecordCopy(input!, copy);
        return copy;
    }

    [return: NotNullIfNotNull(nameof(input))]
    object? IDeepCopier.DeepCopy(object? input, CopyContext context)
        => DeepCopy((T?)input, context);
}
