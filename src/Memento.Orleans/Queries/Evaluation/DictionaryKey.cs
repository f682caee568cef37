using System.Globalization;

namespace Memento.Queries.Evaluation;

/// <summary>Reads what <see cref="GuardPath.KeyText"/> writes.</summary>
internal static class DictionaryKey
{
    /// <returns>The key; null where the text is no key of the type.</returns>
    public static object? TryRead(Type type, string text)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        try
        {
            if (type.IsEnum)
            {
                Type integer = Enum.GetUnderlyingType(type);
                return Enum.ToObject(type, Convert.ChangeType(text, integer, culture));
            }

            if (type == typeof(Guid))
                return Guid.Parse(text, culture);
            if (type == typeof(DateTimeOffset))
                return DateTimeOffset.Parse(text, culture);
            if (type == typeof(DateOnly))
                return DateOnly.Parse(text, culture);
            if (type == typeof(TimeOnly))
                return TimeOnly.Parse(text, culture);
            if (type == typeof(TimeSpan))
                return TimeSpan.Parse(text, culture);

            return Domains.Of(type) is null ? null : Convert.ChangeType(text, type, culture);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            return null;
        }
    }
}
