using System.Collections.Concurrent;
using Memento.Participants;

namespace Memento.Commit;

/// <summary>
/// The outcomes of commits over several silos that the storage may forget: every member has
/// applied the commit, so that none asks any more. A caller in another process may have lost its
/// answer, and ask for a while. Without this, the storage would keep each of them for hours.
/// </summary>
/// <remarks>What is left here when the silo ends, the storage forgets by its own rule.</remarks>
internal sealed class OldOutcomes(TimeProvider time)
{
    /// <summary>The most that one commit forgets.</summary>
    public const int MostAtOnce = 16;

    private readonly ConcurrentQueue<Guid> _unasked = new();
    private readonly AgingQueue<Guid> _asked = new(TransactionRegistry.Memory, time);

    /// <summary>Adds the outcome of a commit that every member has applied.</summary>
    /// <param name="id">The transaction.</param>
    /// <param name="mayBeAskedFor">Whether its caller is in another process.</param>
    public void Add(Guid id, bool mayBeAskedFor)
    {
        if (mayBeAskedFor)
            _asked.Add(id);
        else
            _unasked.Enqueue(id);
    }

    /// <summary>Takes some that nobody asks for any more, for the next batch.</summary>
    public IReadOnlyList<Guid> Take()
    {
        List<Guid> taken = [];
        while (taken.Count < MostAtOnce && _unasked.TryDequeue(out Guid id))
            taken.Add(id);
        while (taken.Count < MostAtOnce && _asked.TryTake(out Guid id))
            taken.Add(id);
        return taken;
    }
}
