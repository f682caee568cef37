namespace Memento.Partitions;

/// <summary>
/// A transaction's writes in one partition without those of nested bodies beside the caller. It
/// copies them, and keeps the copy from one question to the next: mostly the same bodies are left
/// out again, and what was written meanwhile is added.
/// </summary>
internal sealed class SeenWrites(StagedWrites all)
{
    /// <summary>
    /// Each of several bodies side by side leaves out the others, and so has its own copy.
    /// </summary>
    private const int MostCopies = 8;

    private readonly List<Copy> _copies = [];
    private int _rollbacks;

    /// <summary>All writes but those that were made under some savepoints.</summary>
    /// <param name="savepoints">Their ids; whoever gives them changes them no more.</param>
    /// <returns>Copies, good until a write is made or undone.</returns>
    public StagedWrites Without(long[] savepoints)
    {
        if (_rollbacks != all.Rollbacks) _copies.Clear();
        _rollbacks = all.Rollbacks;

        int at = _copies.FindLastIndex(each => each.Hidden.AsSpan().SequenceEqual(savepoints));
        Copy copy = at >= 0 ? _copies[at] : new Copy(savepoints);
        if (at < 0 && _copies.Count == MostCopies) at = 0;
        if (at >= 0) _copies.RemoveAt(at);

        // The one that was asked for last is last, and the first goes when there are too many.
        _copies.Add(copy);
        return copy.Follow(all);
    }

    private sealed class Copy(long[] hidden)
    {
        private readonly StagedWrites _seen = new();
        private int _looked;

        public long[] Hidden { get; } = hidden;

        /// <summary>Adds what was written since it was asked for last.</summary>
        public StagedWrites Follow(StagedWrites all)
        {
            for (; _looked < all.Count; _looked++)
            {
                StagedWrite write = all.All[_looked];
                if (!write.IsUnderAny(Hidden)) _seen.Add(write.Copy());
            }

            return _seen;
        }
    }
}
