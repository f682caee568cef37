namespace Memento.Collections;

/// <summary>
/// Moves of items in arrays of which a first part is in use. A slot that falls out of use is
/// cleared, so that a removed item is not kept alive.
/// </summary>
internal static class ArraySlots
{
    public static void Insert<T>(T[] items, int count, int index, T item)
    {
        Array.Copy(items, index, items, index + 1, count - index);
        items[index] = item;
    }

    public static void Remove<T>(T[] items, int count, int index)
    {
        Array.Copy(items, index + 1, items, index, count - index - 1);
        items[count - 1] = default!;
    }

    /// <summary>Moves the last items of one array before the first ones of another.</summary>
    public static void MoveTail<T>(T[] from, int fromCount, int moved, T[] to, int toCount)
    {
        Array.Copy(to, 0, to, moved, toCount);
        Array.Copy(from, fromCount - moved, to, 0, moved);
        Array.Clear(from, fromCount - moved, moved);
    }

    /// <summary>Moves the first items of one array behind the last ones of another.</summary>
    public static void MoveHead<T>(T[] from, int fromCount, int moved, T[] to, int toCount)
    {
        Array.Copy(from, 0, to, toCount, moved);
        Array.Copy(from, moved, from, 0, fromCount - moved);
        Array.Clear(from, fromCount - moved, moved);
    }
}
