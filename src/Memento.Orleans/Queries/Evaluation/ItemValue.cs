namespace Memento.Queries.Evaluation;

/// <summary>The item of a collection as a value of itself.</summary>
internal static class ItemValue
{
    public static BoundValue<TItem> Of<TItem>(ValueShape shape)
        => new BoundValue<TItem, TItem>(
            shape,
            static (item, out value) =>
            {
                value = item;
                return item is not null;
            });

    public static BoundValue<TItem?> OfNullable<TItem>(ValueShape shape)
        where TItem : struct
        => new BoundValue<TItem?, TItem>(
            shape,
            static (item, out value) =>
            {
                value = item.GetValueOrDefault();
                return item.HasValue;
            });
}
