namespace Memento.Partitions;

/// <summary>
/// The writes of a transaction in one partition, without the writes of nested bodies beside the
/// caller. It copies them and keeps the copy: usually the next call leaves out the same bodies, and
/// only new writes are added.
/// </summary>
internal sealed class SeenWrites(StagedWrites all)
{
    /// <summary>
    /// The most copies. Each of several bodies side by side leaves out the others, and so has its
    /// own copy.
    /// </summary>
    private const int MostCopies = 8;

    private readonly List<Copy> _copies = [];
    private int _rollbacks;

    /// <summary>All writes except the writes under some savepoints.</summary>
    /// <param name="savepoints">Their ids; the caller must not change them afterwards.</param>
    /// <returns>Copies, valid until a write is made or undone.</returns>
    public StagedWrites Without(long[] savepoints)
    {
        if (_rollbacks != all.Rollbacks) _copies.Clear();
        _rollbacks = all.Rollbacks;

        int at = _copies.FindLastIndex(each => each.Hidden.AsSpan().SequenceEqual(savepoints));
        Copy copy = at >= 0 ? _copies[at] : new Copy(savepoints);
        if (at < 0 && _copies.Count == MostCopies) at = 0;
        if (at >= 0) _copies.RemoveAt(at);

        // The last used copy is at the end; the first one is dropped when there are too many.
        _copies.Add(copy);
        return copy.Follow(all);
    }

    private sealed class Copy(long[] hidden)
    {
        private readonly StagedWrites _seen = new();
        private int _looked;

        public long[] Hidden { get; } = hidden;

        /// <summary>Adds the writes since the last call.</summary>
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
