namespace Memento.Locks;

/// <summary>The stores of a partition by their numbers, which are small, some below zero.</summary>
internal sealed class LockStores
{
    private LockStore?[] _stores = new LockStore?[4];

    public LockStore this[int number]
    {
        get
        {
            // Those from 0 on have the even places, those below it the odd ones.
            int place = (number << 1) ^ (number >> 31);
            LockStore?[] stores = _stores;
            return (uint)place < (uint)stores.Length && stores[place] is { } store
                ? store
                : Add(place);
        }
    }

    private LockStore Add(int place)
    {
        if (place >= _stores.Length)
            Array.Resize(ref _stores, Math.Max(place + 1, _stores.Length * 2));
        return _stores[place] = new LockStore();
    }
}
