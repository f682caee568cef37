namespace Memento.Tables.Documents;

/// <summary>Looks in values of a type for what would not come back from a document.</summary>
internal abstract class ValueCheck<T>
{
    /// <summary>The first fault of a value; null: it comes back as it is.</summary>
    /// <param name="value">The value.</param>
    /// <param name="depth">How many objects and collections of the record it is in.</param>
    /// <param name="size">
    /// Adds the most bytes to it that the value takes in a document (<see cref="DocumentBytes"/>).
    /// </param>
    public abstract RecordFault? Find(T value, int depth, ref long size);

    /// <summary>A value that is one level deeper than the format goes.</summary>
    protected static RecordFault? FindDepth(int depth)
        => depth < DocumentFormat.MaxDepth
            ? null
            : new RecordFault(
                $"is deeper than {DocumentFormat.MaxDepth} levels of objects and collections, which "
                + "is the most that a record may have, or there is a cycle in it; keep its parts as "
                + "records of their own");
}
