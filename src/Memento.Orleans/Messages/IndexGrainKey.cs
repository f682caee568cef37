using System.Globalization;

namespace Memento.Messages;

/// <summary>The id of an index grain: <c>table/partition</c>.</summary>
internal static class IndexGrainKey
{
    public static string Of(string table, int number)
        => string.Create(CultureInfo.InvariantCulture, $"{table}/{number}");

    public static (string Table, int Number) Parse(string key)
    {
        int slash = key.LastIndexOf('/');
        return (key[..slash], int.Parse(key.AsSpan(slash + 1), CultureInfo.InvariantCulture));
    }
}
