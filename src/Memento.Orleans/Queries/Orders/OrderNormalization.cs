using Memento.Tables;

namespace Memento.Queries.Orders;

/// <summary>
/// Leaves out the parts of an order that change nothing, so that more orders are recognised as the
/// order of the keys or of an index.
/// </summary>
internal static class OrderNormalization
{
    /// <summary>The direction of the last part that counts.</summary>
    public static bool DirectionOf(TableDefinition table, IReadOnlyList<OrderPart> parts)
        => WithoutTheMoot(table, parts) is [.., var last] && last.IsDescending;

    public static IReadOnlyList<OrderPart> Normalize(
        TableDefinition table, IReadOnlyList<OrderPart> parts, bool isDescending)
    {
        List<OrderPart> counting = WithoutTheMoot(table, parts);
        int keys = KeysAtEnd(table, counting, isDescending);
        counting.RemoveRange(counting.Count - keys, keys);
        return counting;
    }

    /// <summary>
    /// Leaves out a part that repeats an earlier property, and the parts after the whole key,
    /// because no two records have the same key. In a bag, records share keys.
    /// </summary>
    private static List<OrderPart> WithoutTheMoot(
        TableDefinition table, IReadOnlyList<OrderPart> parts)
    {
        var counting = new List<OrderPart>(parts.Count);
        int keysLeft = table.KeyProperties.Count;
        foreach (OrderPart part in parts)
        {
            if (counting.Exists(earlier => earlier.Property == part.Property)) continue;

            counting.Add(part);
            if (IsKey(table, part.Property) && --keysLeft == 0 && table.Type != TableType.Bag)
                break;
        }

        return counting;
    }

    /// <summary>
    /// How many parts at the end are the first parts of the key: equal records come by key anyway.
    /// </summary>
    private static int KeysAtEnd(
        TableDefinition table, List<OrderPart> parts, bool isDescending)
    {
        int first = parts.FindIndex(part => part.Property == table.KeyProperties[0].Name);
        int count = parts.Count - first;
        if (first < 0 || count > table.KeyProperties.Count) return 0;

        for (int index = 0; index < count; index++)
        {
            OrderPart part = parts[first + index];
            if (part.IsDescending != isDescending
                || part.Property != table.KeyProperties[index].Name)
                return 0;
        }

        return count;
    }

    private static bool IsKey(TableDefinition table, string property)
    {
        foreach (RecordProperty key in table.KeyProperties)
        {
            if (key.Name == property) return true;
        }

        return false;
    }
}
