using Memento.Keys;

namespace Memento.Tables;

/// <summary>The error of a table that has no number left for its next record.</summary>
internal static class UsedUpNumbers
{
    /// <param name="table">The table's name.</param>
    /// <param name="key">Its key.</param>
    /// <param name="next">The number that does not fit; one past the last may be beyond a long.</param>
    /// <param name="raisedBy">The explicit key above which the numbers went on, if there was one.</param>
    public static MementoException Error(
        string table, RecordProperty key, Int128 next, long? raisedBy)
    {
        string cause = raisedBy is { } explicitKey
            ? $"A record was written with the key {explicitKey}, and numbers go on above the highest "
                + "key. "
            : "";
        string widest = key.ValueType == typeof(long) || key.ValueType == typeof(ulong)
            ? "Write records with keys of your own"
            : "Give the property a wider type";
        return new MementoException(
            $"Table '{table}' has used up the numbers of its key: the next one, {next}, does not fit "
            + $"into property '{key.Name}' of type '{TypeName.Of(key.ValueType)}'. {cause}{widest}; the "
            + "stored records keep their keys.");
    }
}
