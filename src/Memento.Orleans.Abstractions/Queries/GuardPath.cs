using System.Globalization;
using System.Text;

namespace Memento.Queries;

/// <summary>
/// The text of a path in a guard: names with dots between, and a key after the name of a
/// dictionary, as in <c>Address.City</c> and <c>Meta["colour"].Length</c>. A key of another type
/// than text is written as text that is the same in every culture and process.
/// </summary>
internal static class GuardPath
{
    private const string Opening = "[\"";
    private const string Closing = "\"]";

    /// <summary>The path of a dictionary's value.</summary>
    /// <param name="dictionary">The path of the dictionary.</param>
    /// <param name="key">The key, as text.</param>
    public static string Entry(string dictionary, string key)
    {
        string escaped = key.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal);
        return $"{dictionary}{Opening}{escaped}{Closing}";
    }

    /// <summary>A key as text.</summary>
    /// <exception cref="ArgumentException">The key is of another type.</exception>
    public static string KeyText(object key)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        return key switch
        {
            string text => text,
            Enum => Convert.ToString(
                Convert.ChangeType(key, Enum.GetUnderlyingType(key.GetType()), culture), culture)!,

            // A dictionary finds a time by its ticks, whatever its kind.
            DateTime time => DateTime.SpecifyKind(time, DateTimeKind.Unspecified)
                .ToString("O", culture),
            DateTimeOffset or DateOnly or TimeOnly
                => ((IFormattable)key).ToString("O", culture),
            bool or char or sbyte or byte or short or ushort or int or uint or long or ulong
                or float or double or decimal or Guid or TimeSpan
                => Convert.ToString(key, culture)!,
            _ => throw new ArgumentException(
                $"A guard cannot hold a key of type '{key.GetType()}'. It takes numbers, strings, "
                + "characters, booleans, enums, Guids, dates and times."),
        };
    }

    /// <summary>The names and keys of a path, from the first.</summary>
    /// <exception cref="ArgumentException">The text is not a path.</exception>
    public static List<GuardPathStep> Parse(string path)
    {
        var steps = new List<GuardPathStep>();
        int at = 0;
        while (at <= path.Length)
        {
            int end = path.AsSpan(at).IndexOfAny('.', '[');
            end = end < 0 ? path.Length : at + end;
            steps.Add(new GuardPathStep(path[at..end], IsKey: false));
            at = end;
            while (at < path.Length && path[at] == '[')
                steps.Add(new GuardPathStep(ReadKey(path, ref at), IsKey: true));

            if (at < path.Length && path[at] != '.') throw NoPath(path);

            at++;
        }

        return steps;
    }

    private static string ReadKey(string path, ref int at)
    {
        if (!path.AsSpan(at).StartsWith(Opening)) throw NoPath(path);

        var key = new StringBuilder();
        for (at += Opening.Length; at < path.Length && path[at] != '"'; at++)
        {
            if (path[at] == '\\') at++;

            if (at < path.Length) key.Append(path[at]);
        }

        if (at >= path.Length || !path.AsSpan(at).StartsWith(Closing)) throw NoPath(path);

        at += Closing.Length;
        return key.ToString();
    }

    private static ArgumentException NoPath(string path)
        => new(
            $"'{path}' is no path: names are joined by dots, and a key of a dictionary stands "
            + "behind its name, as in Meta[\"colour\"]. Guard.Entry writes it.");
}

/// <summary>One step of a path in a guard.</summary>
/// <param name="Text">The name of a property, or the text of a key.</param>
/// <param name="IsKey">Whether it is a key of the dictionary before it.</param>
internal readonly record struct GuardPathStep(string Text, bool IsKey);
