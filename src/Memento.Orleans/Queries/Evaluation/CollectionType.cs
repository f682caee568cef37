namespace Memento.Queries.Evaluation;

/// <summary>Tells which values are collections, and of what.</summary>
internal static class CollectionType
{
    /// <summary>The type of the items; null of what is no collection, as a text is none.</summary>
    public static Type? ItemOf(Type type)
    {
        if (type == typeof(string))
            return null;

        Type[] faces = [type, .. type.GetInterfaces()];
        Type[] sequences =
        [
            .. faces.Where(face => face.IsGenericType
                && face.GetGenericTypeDefinition() == typeof(IEnumerable<>)),
        ];
        return sequences is [Type only] ? only.GetGenericArguments()[0] : null;
    }

    /// <summary>Whether it is what a struct is before it has any items: it is as null.</summary>
    public static bool IsDefault<TCollection>(TCollection collection)
        => default(TCollection) is not null
            && EqualityComparer<TCollection>.Default.Equals(collection, default);
}
