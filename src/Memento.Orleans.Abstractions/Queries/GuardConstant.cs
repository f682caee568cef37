using System.Globalization;
using System.Text;

namespace Memento.Queries;

/// <summary>The values that a guard can have: the values of keys, and null.</summary>
internal static class GuardConstant
{
    private const int ShownCharacters = 100;

    /// <summary>
    /// Checks a value and gives it the form that a guard keeps. A local time becomes universal
    /// here, where its zone is known. The value of an enum becomes an <see cref="EnumConstant"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The value is of another type.</exception>
    public static object? Normalize(object? value)
    {
        switch (value)
        {
            case null or bool or char or sbyte or byte or short or ushort or int or uint or long
                or ulong or float or double or decimal or string or Guid or DateTimeOffset
                or DateOnly or TimeOnly or TimeSpan or EnumConstant:
                return value;
            case DateTime time:
                return time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : value;
            case Enum:
                Type type = value.GetType();
                object number = Convert.ChangeType(
                    value, Enum.GetUnderlyingType(type), CultureInfo.InvariantCulture);
                return new EnumConstant(type.FullName!, value.ToString()!, number);
            default:
                throw new ArgumentException(
                    $"A guard cannot hold a value of type '{value.GetType()}'. It takes null, "
                    + "numbers, strings, characters, booleans, enums, Guids, dates and times.");
        }
    }

    public static void AppendTo(StringBuilder text, object? value)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case bool truth:
                text.Append(truth ? "true" : "false");
                break;
            case string words:
                AppendQuoted(text, words);
                break;
            case char letter:
                text.Append('\'').Append(letter).Append('\'');
                break;
            case EnumConstant constant:
                text.Append(constant.Text);
                break;
            case DateTime or DateTimeOffset or DateOnly or TimeOnly:
                text.AppendFormat(culture, "{0:O}", value);
                break;
            default:
                text.AppendFormat(culture, "{0}", value);
                break;
        }
    }

    private static void AppendQuoted(StringBuilder text, string words)
    {
        bool whole = words.Length <= ShownCharacters;
        string shown = whole ? words : string.Concat(words.AsSpan(0, ShownCharacters), "…");
        text.Append('"').Append(shown.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
    }
}

/// <summary>
/// A value of an enum without its CLR type: the receiver of a guard must not load a type that the
/// sender names.
/// </summary>
/// <param name="TypeName">The enum's full name; the property's enum must have the same.</param>
/// <param name="Text">The value's name, for people.</param>
/// <param name="Number">The value as its underlying integer.</param>
internal sealed record EnumConstant(string TypeName, string Text, object Number);
