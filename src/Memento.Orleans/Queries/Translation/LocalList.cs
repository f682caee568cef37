using System.Collections;
using System.Reflection;

namespace Memento.Queries.Translation;

/// <summary>
/// The values of a local collection, where its Contains goes by the same equality as the store. A
/// set with a comparer of its own, or a collection that the application wrote, could answer
/// differently.
/// </summary>
internal static class LocalList
{
    /// <summary>
    /// How the compiler names the type of <c>IReadOnlyList&lt;int&gt; x = [1, 2]</c>.
    /// </summary>
    private const string CollectionExpression = "<>z__";

    /// <returns>The values, or null where the collection's Contains is not known.</returns>
    public static IEnumerable? TryRead(object collection)
    {
        Type type = collection.GetType();
        if (collection is not IEnumerable values)
            return null;

        if (type.IsArray || collection is string || !Implements(type, typeof(ICollection<>))
            || type.Name.StartsWith(CollectionExpression, StringComparison.Ordinal))
        {
            return values;
        }

        if (!IsFrameworks(type))
            return null;

        PropertyInfo? comparer = type.GetProperty("Comparer") ?? type.GetProperty("KeyComparer");
        if (comparer is not null)
            return IsOrdinary(comparer, collection) ? values : null;

        bool isView = type.IsNested && type.DeclaringType!.Name.Contains(
            "Dictionary", StringComparison.Ordinal);
        return isView || Implements(type, typeof(IReadOnlySet<>)) ? null : values;
    }

    public static bool IsFrameworks(Type type)
        => type.Assembly.GetName().Name!.StartsWith("System.", StringComparison.Ordinal);

    private static bool Implements(Type type, Type face)
        => type.GetInterfaces().Any(
            candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == face);

    private static bool IsOrdinary(PropertyInfo property, object collection)
    {
        object? comparer = property.GetValue(collection);
        if (comparer is null || ReferenceEquals(comparer, StringComparer.Ordinal))
            return true;

        Type type = property.PropertyType;
        Type[] arguments = type.IsGenericType ? type.GetGenericArguments() : [];
        if (arguments is not [Type item])
            return false;

        // The default order of strings is that of a culture; other default orders are the
        // operators'.
        bool isOrder = type.GetGenericTypeDefinition() == typeof(IComparer<>);
        if (isOrder && item == typeof(string))
            return false;

        Type standard = (isOrder ? typeof(Comparer<>) : typeof(EqualityComparer<>))
            .MakeGenericType(item);
        object? ordinary = standard.GetProperty("Default")!.GetValue(null);
        return ReferenceEquals(comparer, ordinary) || comparer.Equals(ordinary);
    }
}
