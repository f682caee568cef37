using System.Globalization;
using System.Text.Json;
using Movies.Tables;

namespace Movies.Input;

/// <summary>
/// Makes a film from a JSON record. Untidy values of the source are kept: a title that is null or a
/// number, a year in the future. A record that cannot be a film is refused.
/// </summary>
internal static class MovieReader
{
    private const string DateFormat = "MMM dd yyyy";

    /// <exception cref="NotAFilmException">
    /// The record is not a film; the message says why.
    /// </exception>
    public static Movie Read(JsonElement record)
    {
        if (record.ValueKind != JsonValueKind.Object)
            throw new NotAFilmException($"it is {Describe(record)} and not an object");

        DateOnly? released = ReadDate(record, "Release Date");
        return new Movie
        {
            Title = ReadTitle(record),
            Director = ReadText(record, "Director"),
            Year = released?.Year,
            Released = released,
            Genre = ReadText(record, "Major Genre"),
            Distributor = ReadText(record, "Distributor"),
            Rating = ReadNumber<decimal>(record, "IMDB Rating"),
            Votes = ReadNumber<int>(record, "IMDB Votes"),
            Gross = ReadNumber<long>(record, "Worldwide Gross"),
        };
    }

    private static string? ReadTitle(JsonElement record)
    {
        if (!record.TryGetProperty("Title", out JsonElement title))
            throw new NotAFilmException("it has no \"Title\"");

        // Titles such as "1941" and "300" are numbers, because they came through a spreadsheet.
        return title.ValueKind == JsonValueKind.Number
            ? title.GetRawText()
            : ReadText(record, "Title");
    }

    private static DateOnly? ReadDate(JsonElement record, string name)
    {
        string? text = ReadText(record, name);
        if (text is null) return null;

        return DateOnly.TryParseExact(
            text, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date)
            ? date
            : throw new NotAFilmException(
                $"its \"{name}\" is \"{Shorten(text)}\" and not a date such as \"Jun 12 1998\"");
    }

    private static string? ReadText(JsonElement record, string name)
    {
        if (!TryGetValue(record, name, out JsonElement value)) return null;
        if (value.ValueKind != JsonValueKind.String)
            throw new NotAFilmException($"its \"{name}\" is {Describe(value)} and not text");

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // The JSON parser checks the bytes between the quotes only now.
            throw new NotAFilmException($"its \"{name}\" is not valid Unicode text");
        }
    }

    private static T? ReadNumber<T>(JsonElement record, string name)
        where T : struct, IParsable<T>
    {
        if (!TryGetValue(record, name, out JsonElement value)) return null;

        return value.ValueKind == JsonValueKind.Number
            && T.TryParse(value.GetRawText(), CultureInfo.InvariantCulture, out T number)
                ? number
                : throw new NotAFilmException(
                    $"its \"{name}\" is {Describe(value)} and not a number that fits");
    }

    private static bool TryGetValue(JsonElement record, string name, out JsonElement value)
        => record.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private static string Describe(JsonElement value)
        => value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "a list",
            JsonValueKind.Null => "null",
            _ => Shorten(value.GetRawText()),
        };

    private static string Shorten(string text)
        => text.Length <= 40 ? text : text[..39] + "…";
}
