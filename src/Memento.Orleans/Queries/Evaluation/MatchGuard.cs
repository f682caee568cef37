using System.Reflection;
using Memento.Tables;

namespace Memento.Queries.Evaluation;

/// <summary>Reads <c>new { Director = "…", Year = 1994 }</c> as a guard.</summary>
internal static class MatchGuard
{
    /// <exception cref="ArgumentException">
    /// The table has no property of that name, or it is of another type.
    /// </exception>
    public static Guard From(object properties, TableDefinition table)
    {
        ArgumentNullException.ThrowIfNull(properties);
        var equal = new List<Guard>();
        foreach (PropertyInfo property in properties.GetType().GetProperties())
        {
            if (!property.CanRead || property.GetIndexParameters().Length > 0)
                continue;

            object? value = property.GetValue(properties);
            equal.Add(Guard.Equal(property.Name, value));
        }

        Guard guard = Guard.And(equal);
        GuardValidator.Validate(table, guard);
        return guard;
    }
}
