using System.Diagnostics.CodeAnalysis;

namespace Memento.Commit;

/// <summary>
/// Things in the order in which they came, each of which may be taken when it is old enough. Safe
/// for several threads.
/// </summary>
internal sealed class AgingQueue<T>(TimeSpan age, TimeProvider time)
    where T : notnull
{
    private readonly Lock _gate = new();
    private readonly Queue<(T Item, long Since)> _items = new();

    public void Add(T item)
    {
        lock (_gate)
            _items.Enqueue((item, time.GetTimestamp()));
    }

    /// <summary>All that are in it.</summary>
    public T[] GetAll()
    {
        lock (_gate)
            return [.. _items.Select(static each => each.Item)];
    }

    /// <summary>Takes the oldest, if it is old enough.</summary>
    public bool TryTake([MaybeNullWhen(false)] out T item)
    {
        // The look at the oldest and its taking are one step: another thread could take it between
        // them, and this one a younger one.
        lock (_gate)
        {
            if (_items.TryPeek(out (T Item, long Since) oldest)
                && time.GetElapsedTime(oldest.Since) >= age)
            {
                item = _items.Dequeue().Item;
                return true;
            }
        }

        item = default;
        return false;
    }
}
