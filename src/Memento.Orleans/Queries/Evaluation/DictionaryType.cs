namespace Memento.Queries.Evaluation;

/// <summary>Tells which values are dictionaries, and of what.</summary>
/// <param name="Key">The type of the keys.</param>
/// <param name="Value">The type of the values.</param>
internal sealed record DictionaryType(Type Key, Type Value)
{
    /// <summary>Null of what is no dictionary, or several.</summary>
    public static DictionaryType? Of(Type type)
    {
        Type[] faces = [type, .. type.GetInterfaces()];
        DictionaryType[] dictionaries =
        [
            .. faces.Where(IsDictionary)
                .Select(face => face.GetGenericArguments())
                .Select(arguments => new DictionaryType(arguments[0], arguments[1]))
                .Distinct(),
        ];
        return dictionaries is [DictionaryType only] ? only : null;
    }

    private static bool IsDictionary(Type face)
        => face.IsGenericType && (face.GetGenericTypeDefinition() == typeof(IDictionary<,>)
            || face.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>));
}
